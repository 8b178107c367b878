import { cartPole } from './cartPole.ts'

/** The worlds that come with the library, by the name they have on the command line. */
export const worlds = { cartpole: cartPole } as const

export type WorldName = keyof typeof worlds

export const isWorldName = (name: string): name is WorldName => Object.hasOwn(worlds, name)
