import { configureGlobal, readConfigureGlobal } from 'fast-check'

// A mutant has to be noticed, not a law proved: a fifth of the runs, two thousand times over.
configureGlobal({ ...readConfigureGlobal(), numRuns: 20 })
