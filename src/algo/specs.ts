import { algorithm as a2c } from './a2c/algorithm.ts'
import { algorithm as ppo } from './ppo/algorithm.ts'
import { tokenPpo as languagePpo } from './ppo/tokens.ts'
import { algorithm as trpo } from './trpo/algorithm.ts'
import { algorithm as vpg } from './vpg/algorithm.ts'

/** The specs of all algorithms, by name: the names that a thread gets. */
export const specs = { ppo, languagePpo, vpg, a2c, trpo } as const

export type SpecName = keyof typeof specs
