import { configureGlobal } from 'fast-check'

// One seed for every law: a failure seen once is seen again, and none depends on luck.
// No `numRuns` here: tests without a law would run as often, too.
configureGlobal({ seed: 20_170_720 })
