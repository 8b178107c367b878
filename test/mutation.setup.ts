import { configureGlobal, readConfigureGlobal } from 'fast-check'

// A mutant has to be noticed, not a law proved: a quarter of the runs, two thousand times over.
configureGlobal({ ...readConfigureGlobal(), numRuns: 25 })
