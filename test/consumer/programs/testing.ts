import * as fc from 'fast-check'
import { env, rl } from 'proximal'
import { arbitrary, expectEnv, keys, trajectories } from 'proximal/testing'
import { check, sure, type Same } from './same.js'

const actions = arbitrary(env.discrete(3))
sure<Same<typeof actions, fc.Arbitrary<0 | 1 | 2>>>()
fc.assert(fc.property(actions, (action) => action < 3))
const { gae } = rl
fc.assert(fc.property(trajectories(), (steps) => gae({ gamma: 1, lambda: 0 })(steps).shape[0] >= 1))
expectEnv(env.cartPole)
check('keys are drawn', fc.sample(keys(), 5).length === 5)
