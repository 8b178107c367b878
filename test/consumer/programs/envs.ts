import { box, cartPole, discrete, fromGym } from 'proximal/envs'
import { random, type env } from 'proximal'
import { check, sure, type Same } from './same.js'

sure<Same<typeof cartPole, typeof env.cartPole>>()
const state = cartPole.init(random.key(1))
const [{ reward }] = cartPole.step(1, random.key(2))(state)
check('a step of a pole that stands earns 1', reward === 1)
// @ts-expect-error a cart is pushed to the left or to the right
check('actions are 0 and 1', typeof cartPole.step(2, random.key(2)) === 'function')

const own = fromGym('count', () => {
  let n = 0
  return {
    observationSpace: box(1, 0, 9),
    actionSpace: discrete(2),
    reset: () => [(n = 0)],
    step: (action) => [[(n += action)], n, n === 9, false, {}],
  }
})
check('a game is an environment', own.name === 'count')
