import { configureGlobal, readConfigureGlobal } from 'fast-check'

// A mutant has to be noticed, no law proved and no counter-example made small: fewer runs,
// two thousand times over.
configureGlobal({ ...readConfigureGlobal(), numRuns: 20, endOnFailure: true })
