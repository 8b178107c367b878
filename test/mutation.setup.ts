import { configureGlobal, readConfigureGlobal } from 'fast-check'

// A mutant has to be noticed, and no counter-example made small, two thousand times over.
configureGlobal({ ...readConfigureGlobal(), endOnFailure: true })
