import { gpuParts } from '../../../src/algo/ppo/gpu/parts.ts'
import { evaluate, init, presets, trainAsync } from '../../../src/ppo.ts'
import { cartPole } from '../../../src/env/index.ts'
import { key } from '../../../src/random/index.ts'
import { atMost, type Checks } from '../check.ts'

const EPISODES = 20

/** Little more than half of the preset's steps: enough for 475 of 500, which is solved. */
const SOLVED = { totalSteps: 81_920, short: 25 }
/**
 * For a device that a CPU plays, which takes a second for 1,000 steps: 24 updates. Six seeds got from 149 to
 * 472 in Node; a policy that has not learned gets about 20.
 */
const LEARNING = { totalSteps: 24_576, short: 400 }

/** The mean return that a run of CartPole is short of 500. */
export const learnsCartPole: Checks = async function* ({ device }) {
  const isPlayed = device.mode === 'webgl2' || device.mode === 'webgpu'
  const { totalSteps, short } = isPlayed ? LEARNING : SOLVED
  const config = { ...presets.cartpole, totalSteps }
  const parts = gpuParts(config, cartPole, device)
  let state = init(parts)(key(1))
  for await (const [, next] of trainAsync(config, parts)(state)) state = next
  const episodes = evaluate(cartPole, parts.policy, state.learner, {
    key: key(2),
    episodes: EPISODES,
    act: 'mode',
  })
  const mean = episodes.reduce((sum, one) => sum + one.return, 0) / EPISODES
  yield atMost(`CartPole, ${totalSteps} steps: short of 500 by`, 500 - mean, short)
}
