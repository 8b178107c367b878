import { expect, test } from 'vitest'
import * as gpu from '../src/algo/ppo/gpu/index.ts'
import * as distributed from '../src/distributed/index.ts'
import * as envs from '../src/env/index.ts'
import * as index from '../src/index.ts'
import * as inference from '../src/inference/index.ts'
import * as node from '../src/node.ts'
import * as rlhf from '../src/rlhf/index.ts'
import * as corpora from '../src/rlhf/corpora/index.ts'
import * as testing from '../src/testing/index.ts'
import * as worker from '../src/worker/index.ts'

const { a2c, distribution, nn, optim, ppo, preferences, random, rl, tensor, trpo, vpg } = index
const key = random.key(1)

// What must not compile is marked, so that the compiler fails where it does. Nothing of it runs.

/** Names of dimensions in the wrong order. */
const dimensions = (): void => {
  const params = tensor.of(['env', 'param'], [1, 2], [0, 0])
  const turned = tensor.transpose(params)
  const [sample, time] = [tensor.of(['sample'], [1], [0]), tensor.of(['time'], [1], [0])]
  const rows = tensor.of(['env', 'time'], [1, 1], [0])
  // @ts-expect-error [param, env]
  distribution.categorical.at(turned)
  // @ts-expect-error [time] beside [sample]
  rl.approxKl(sample, time)
  // @ts-expect-error [time] beside [sample]
  rl.clippedSurrogate({ clip: 0.2 })(sample, { oldLogProb: time, advantage: sample })
  // @ts-expect-error [env, time]
  rl.truncation('exact', 1)({ reward: rows, value: rows, terminated: rows, truncated: rows })
  // @ts-expect-error it draws one category per [param]
  rl.approxKl(random.categorical(key, turned), sample)
  // @ts-expect-error [time, feature] into rows [batch, feature]
  rl.moments.of(rows)
}

/** Actions that a space does not have. */
const actions = (): void => {
  const { cartPole, pendulum } = envs
  const start = cartPole.init(key)
  // @ts-expect-error a cart is pushed to the left or to the right
  cartPole.step(2, key)(start)
  // @ts-expect-error a torque is a list of one number
  pendulum.step(0.5, key)(pendulum.init(key))
  const pad = envs.product({ button: envs.discrete(2), stick: envs.box(1, [-1], [1]) })
  // @ts-expect-error no such part
  const named: envs.Element<typeof pad> = { button: 1, stick: [0], trigger: 1 }
  // @ts-expect-error a part is missing
  const part: envs.Element<typeof pad> = { button: 1 }
  // @ts-expect-error there are two buttons
  testing.arbitrary(envs.discrete(2)).filter((button) => button === 2)
  const policy = inference.loadPolicy<inference.Discrete<2>>(new Uint8Array())
  // @ts-expect-error there are two actions
  if (policy.act([0]) === 2) void [named, part]
}

/** Fields that are missing, and fields that are misspelt. */
const fields = (): void => {
  const { cartPole } = envs
  for (const { config } of [ppo, vpg, a2c, trpo] as const) void config
  // @ts-expect-error misspelt
  ppo.config({ preset: 'cartpole', learningrate: 1 })
  // @ts-expect-error misspelt
  vpg.config({ preset: 'cartpole', learningrate: 1 })
  // @ts-expect-error misspelt
  a2c.config({ preset: 'cartpole', learningrate: 1 })
  // @ts-expect-error misspelt
  trpo.config({ preset: 'cartpole', maxkl: 1 })
  // @ts-expect-error misspelt, in a part
  ppo.config({ preset: 'cartpole', adam: { beta: 0.9 } })
  // @ts-expect-error all others are missing
  ppo.parts({ gamma: 1 }, cartPole)
  // @ts-expect-error all others are missing
  vpg.parts({ gamma: 1 }, cartPole)
  // @ts-expect-error all others are missing
  a2c.parts({ gamma: 1 }, cartPole)
  // @ts-expect-error all others are missing
  trpo.parts({ gamma: 1 }, cartPole)
  // @ts-expect-error λ is missing
  rl.gae({ gamma: 1 })
  // @ts-expect-error misspelt
  rl.gae({ gamma: 1, lamda: 1 })
  // @ts-expect-error the decay is missing
  optim.rmsProp({ learningRate: 1, epsilon: 1, epsilonPlacement: 'inside' })
  // @ts-expect-error misspelt
  nn.conv2d({ height: 8, width: 8, channels: 1 }, 4, { kernel: 3, strides: 2 })
  // @ts-expect-error misspelt
  ppo.evaluate(cartPole, ppo.parts(ppo.presets.cartpole, cartPole).policy, null!, { keys: key })
  // @ts-expect-error misspelt
  preferences.synthetic({ temprature: 1 })
  // @ts-expect-error a batch is missing
  void ({ ...rlhf.fineTuneConfig, batch: undefined } satisfies rlhf.FineTuneConfig)
  // @ts-expect-error misspelt
  void ({ ...rlhf.fineTuneConfig, batches: 1 } satisfies rlhf.FineTuneConfig)
  // @ts-expect-error misspelt
  rlhf.corpus([], { heldout: 1 })
  // @ts-expect-error misspelt
  corpora.clausesOf([], { longst: 3 })
  // @ts-expect-error all others are missing
  gpu.gpuParts({ gamma: 1 }, cartPole, null!)
  // @ts-expect-error misspelt
  testing.checkEnv(cartPole, { episode: 1 })
  // @ts-expect-error misspelt
  testing.trajectories({ times: 3 })
  // @ts-expect-error misspelt
  testing.expectClose([1], [1], { tolerance: 1 })
  // @ts-expect-error misspelt
  inference.loadPolicy(new Uint8Array()).act([0], { masks: [true] })
  // @ts-expect-error misspelt
  worker.connect(() => null!, { timeout: 1 })
  // @ts-expect-error the executor is missing
  distributed.shardedRollout({ spec: null!, env: cartPole, run: '' })
  // @ts-expect-error the computing is missing
  void distributed.serveShards({ url: '', name: '' })
  // @ts-expect-error a folder is text
  node.files(1)
}

test('what must not compile does not: `npm run typecheck`', () => {
  expect([dimensions, actions, fields].map((f) => typeof f)).toEqual(Array(3).fill('function'))
})
