import { env, io, ppo, random } from 'proximal'
import { decodePolicy, foldIn, key, loadPolicy, type Discrete } from 'proximal/inference'
import { check, sure, type Same } from './same.js'

const config = ppo.config({ preset: 'cleanrl', hidden: [8] })
const parts = ppo.parts(config, env.cartPole)
const { learner } = ppo.init(parts)(random.key(1))
const bytes = io.encodePolicy({ env: env.cartPole, config, trained: learner })

const policy = loadPolicy<Discrete<2>>(bytes)
const action = policy.act([0.1, 0, 0.05, 0])
sure<Same<typeof action, 0 | 1>>()
check('it acts as the library does', action === ppo.actor(parts, learner)([0.1, 0, 0.05, 0]))
const drawn = { key: foldIn(key(7), 3) }
const same = ppo.actor(parts, learner)([0, 0, 0, 0], drawn)
check('it draws as the library does', policy.act([0, 0, 0, 0], drawn) === same)

const out = new Float64Array(policy.actionWidth)
policy.actInto(out, [0.1, 0, 0.05, 0])
check('it writes what it takes', out[0] === action)
// @ts-expect-error a policy of numbers takes no names
check('it refuses what is no observation', decodePolicy(bytes)._tag === 'Right' || policy.act('up'))
check('it refuses other files', decodePolicy(new Uint8Array(9))._tag === 'Left')
