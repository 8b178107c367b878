/** What is learned, and what it is measured against: a row of the table of results each. */

/** What a seed has to reach with the deterministic policy after training. */
export type Goal =
  | { readonly of: 'return'; readonly least: number }
  /** the share of episodes that are as long as an episode can be */
  | { readonly of: 'alive'; readonly least: number; readonly length: number }

export interface Row {
  /** its name on the command line, and the name of its preset */
  readonly world: string
  readonly title: string
  readonly goal: Goal
  /** environment steps that the goal is to be reached in */
  readonly within: number
  /** what others say that they reached */
  readonly published: string
  /** the same by another preset */
  readonly publishedBy?: { readonly [preset: string]: string }
}

export const rows: readonly Row[] = [
  {
    world: 'cartpole',
    title: 'CartPole-v1',
    goal: { of: 'return', least: 495 },
    within: 100_000,
    published: '500 (one run)',
    publishedBy: { cleanrl: '490.0 ± 6.1 in training (CleanRL, 3 seeds)' },
  },
  {
    world: 'acrobot',
    title: 'Acrobot-v1',
    goal: { of: 'return', least: -82 },
    within: 500_000,
    published: '−86.4 ± 1.3 at 500k; −73.5 best single run at 1M',
  },
  {
    world: 'mountain-car',
    title: 'MountainCar-v0',
    goal: { of: 'return', least: -112 },
    within: 1_000_000,
    published: '−110.4 best single run; −200 at plain settings',
  },
  {
    world: 'mountain-car-continuous',
    title: 'MountainCarContinuous-v0',
    goal: { of: 'return', least: 90 },
    within: 100_000,
    published: '88.3 (with state-dependent exploration)',
  },
  {
    world: 'pendulum',
    title: 'Pendulum-v1',
    goal: { of: 'return', least: -170 },
    within: 300_000,
    published: '−172 best single run; −1142 at plain settings, 8M steps',
  },
  {
    world: 'flappy-bird',
    title: 'Flappy Bird',
    goal: { of: 'alive', least: 0.99, length: 10_000 },
    within: 2_000_000,
    published: '',
  },
]
