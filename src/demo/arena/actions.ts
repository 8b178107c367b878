import type { BuiltInName } from '../../builtin/index.ts'
import type { Element, Space } from '../../env/space.ts'
import type { arenaWords } from './words.ts'

/** The name of an action in the words of the view. */
export type ActionName = keyof (typeof arenaWords)['en']['names']

type Hint = keyof (typeof arenaWords)['en']['hints']

/** A key of the keyboard, as events name it. */
export type KeyName = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | ' '

/** How an environment is played by hand, and what its actions are called. */
export interface Handling {
  /** the names of its choices, in their order, or of its numbers */
  readonly names: readonly ActionName[]
  readonly keys: { readonly [K in KeyName]?: Element<Space> }
  /** what tells people how to play it */
  readonly hint: Hint
  /** what happens while no key is held; `wait`: nothing moves until one is pressed; `tremble`: each choice in turn */
  readonly rest: { readonly action: Element<Space> } | 'wait' | 'tremble'
  /** whether a key acts once, not as long as it is held */
  readonly isTap: boolean
  /** how much slower than the environment's own speed people play it */
  readonly slower: number
}

const leftOrRight = {
  hint: 'accelerate',
  names: ['left', 'none', 'right'],
  keys: { ArrowLeft: 0, ArrowRight: 2 },
  rest: { action: 1 },
  isTap: false,
  slower: 1,
} as const

const grid = { hint: 'walk', isTap: true, rest: 'wait', slower: 1 } as const

const flappy = {
  hint: 'flap',
  names: ['none', 'flap'],
  keys: { ' ': 1, ArrowUp: 1 },
  rest: { action: 0 },
  isTap: true,
  slower: 1,
} as const

/** How each built-in environment is played. */
export const handlings: { readonly [N in BuiltInName]: Handling } = {
  cartpole: {
    hint: 'push',
    names: ['left', 'right'],
    keys: { ArrowLeft: 0, ArrowRight: 1 },
    rest: 'tremble',
    isTap: false,
    slower: 2.5,
  },
  pendulum: {
    hint: 'swing',
    names: ['torque'],
    keys: { ArrowLeft: [2], ArrowRight: [-2] },
    rest: { action: [0] },
    isTap: false,
    slower: 1,
  },
  acrobot: { ...leftOrRight, hint: 'bend' },
  'mountain-car': leftOrRight,
  'mountain-car-continuous': {
    hint: 'accelerate',
    names: ['force'],
    keys: { ArrowLeft: [-1], ArrowRight: [1] },
    rest: { action: [0] },
    isTap: false,
    slower: 1,
  },
  'flappy-bird': flappy,
  'flappy-bird-plain': flappy,
  'flappy-bird-pixels': flappy,
  'frozen-lake': {
    ...grid,
    hint: 'slide',
    names: ['left', 'down', 'right', 'up'],
    keys: { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2, ArrowUp: 3 },
  },
  'cliff-walking': {
    ...grid,
    names: ['up', 'right', 'down', 'left'],
    keys: { ArrowUp: 0, ArrowRight: 1, ArrowDown: 2, ArrowLeft: 3 },
  },
}
