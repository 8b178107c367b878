import { gpuParts } from '../../../src/algo/ppo/gpu/parts.ts'
import { init, parts as kernelParts, presets, trainAsync } from '../../../src/ppo.ts'
import { flappyBirdPixels } from '../../../src/env/index.ts'
import { key } from '../../../src/random/index.ts'
import { data } from '../../../src/tensor/index.ts'
import { atMost, type Checks } from '../check.ts'
import { distance } from '../scenes.ts'

const config = {
  ...presets['flappy-bird-pixels'],
  envs: 8,
  steps: 16,
  totalSteps: 2 * 8 * 16,
  epochs: 2,
  minibatches: 4,
}

/**
 * Flappy Bird by its pixels, through a first layer of them all: two updates, what went up and came
 * down in the second, and how far the first is from that of the kernels.
 */
export const learnsPixels: Checks = async function* ({ device, counts }) {
  const parts = gpuParts(config, flappyBirdPixels, device)
  const start = init(parts)(key(1))
  let state = start
  let before = counts?.()
  for await (const [{ update }, next] of trainAsync(config, parts)(state)) {
    state = next
    const after = counts?.()
    if (update === 1) {
      const kernels = kernelParts(config, flappyBirdPixels)
      const [expected] = await trainAsync(
        config,
        kernels,
      )(start)
        .next()
        .then(({ value }) => [value![1]])
      const from = data(start.learner.params.flat)
      const way = (to: typeof state) =>
        Array.from(data(to.learner.params.flat), (x, i) => x - from[i]!)
      yield atMost('pixels: the way of an update', distance(way(state), way(expected!)), 1e-2)
    } else if (before !== undefined && after !== undefined) {
      const { up, down, minibatches } = parts.transfers
      const launches = (config.epochs * config.minibatches) / minibatches
      yield atMost(
        `pixels: arrays up a minibatch, ${up} a launch of ${minibatches}`,
        (after.up - before.up) / (launches * minibatches),
        up / minibatches,
      )
      yield atMost(
        `pixels: reads down a minibatch, ${down} a launch at most`,
        (after.down - before.down) / (launches * minibatches),
        down / minibatches,
      )
    }
    before = after
  }
}
