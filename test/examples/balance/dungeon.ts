import { env, random } from 'proximal'

// The constants of the game's balance: change one of them, and `main.ts` says what else that changes.
const HEALTH = 20
const POTIONS = 3
const POTION_HEALS = 8
const MONSTER_HEALTH = 6
const MONSTER_HITS = 4
const MONSTERS = 10

export interface Dungeon {
  readonly health: number
  readonly potions: number
  /** the health of the monster at hand */
  readonly monster: number
  readonly slain: number
}

/** What the hero can do. A strike takes 1 to 3 from the monster; whatever still lives then hits back. */
const [STRIKE, GUARD, DRINK] = [0, 1, 2]

/** Ten monsters, one after the other, and a hero. Each slain one pays 1. */
export const dungeon: env.Environment<Dungeon, env.Discrete<3>> = {
  name: 'dungeon',
  observationSpace: env.box(4, 0, 100),
  actionSpace: env.discrete(3),
  init: () => ({ health: HEALTH, potions: POTIONS, monster: MONSTER_HEALTH, slain: 0 }),
  step: (choice, key) => (before) => {
    const below = (n: number, draw: number): number => Math.floor(n * random.uniformAt(key, draw))
    const struck = choice === STRIKE ? 1 + below(3, 0) : choice === GUARD ? below(2, 0) : 0
    const monster = Math.max(0, before.monster - struck)
    const hit = monster === 0 ? 0 : below(MONSTER_HITS + 1, 1) >> (choice === GUARD ? 1 : 0)
    const healed = before.health + (choice === DRINK ? POTION_HEALS : 0)
    const isSlain = monster === 0
    const next: Dungeon = {
      health: Math.max(0, Math.min(HEALTH, healed) - hit),
      potions: before.potions - (choice === DRINK ? 1 : 0),
      monster: isSlain ? MONSTER_HEALTH : monster,
      slain: before.slain + (isSlain ? 1 : 0),
    }
    const terminated = next.health === 0 || next.slain === MONSTERS
    return [{ reward: isSlain ? 1 : 0, terminated, truncated: false }, next]
  },
  observe: ({ health, potions, monster, slain }) => [health, potions, monster, slain],
  actionMask: ({ potions }) => [true, true, potions > 0],
}
