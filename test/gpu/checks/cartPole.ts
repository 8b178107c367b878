import { gpuParts } from '../../../src/algo/ppo/gpu/parts.ts'
import { evaluate, init, presets, trainAsync } from '../../../src/ppo.ts'
import { cartPole } from '../../../src/env/index.ts'
import { key } from '../../../src/random/index.ts'
import { atMost, type Checks } from '../check.ts'

const EPISODES = 20

/** Little more than half of the preset's steps: enough for 475 of 500, on devices that a CPU stands in for. */
const config = { ...presets.cartpole, totalSteps: 81_920 }

/** The return that a run of CartPole is short of 500: 475 is solved. */
export const learnsCartPole: Checks = async function* ({ device }) {
  const parts = gpuParts(config, cartPole, device)
  let state = init(parts)(key(1))
  for await (const [, next] of trainAsync(config, parts)(state)) state = next
  const episodes = evaluate(cartPole, parts.policy, state.learner, {
    key: key(2),
    episodes: EPISODES,
    act: 'mode',
  })
  const mean = episodes.reduce((sum, one) => sum + one.return, 0) / EPISODES
  yield atMost(`CartPole, ${config.totalSteps} steps: short of 500 by`, 500 - mean, 25)
}
