import { env, io, ppo, random } from 'proximal'
import {
  computing,
  findIn,
  identity,
  inProcess,
  runHash,
  shardedRollout,
} from 'proximal/distributed'
import { check } from './same.js'

const config = ppo.config({ preset: 'cleanrl', envs: 4, steps: 16, totalSteps: 128 })
const parts = ppo.parts(config, env.cartPole)
const start = ppo.init(parts)(random.key(1))

let alone = ''
for (const [, { learner }] of ppo.train(config, parts)(start)) alone = io.learnerHash(learner)

const spec = { env: { name: 'cartpole' }, algorithm: 'ppo', settings: config, shards: 3 } as const
const rollout = shardedRollout({
  executor: inProcess(computing(findIn([]))),
  spec,
  env: env.cartPole,
  run: runHash({ ...spec, seed: 1, version: identity().version }),
})
let sharded = ''
for await (const [, { learner }] of ppo.trainAsync(config, { ...parts, rollout })(start))
  sharded = io.learnerHash(learner)
check('environments that act in shards give the bits of a single process', sharded === alone)
