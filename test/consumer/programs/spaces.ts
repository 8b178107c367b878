import { env, tensor } from 'proximal'
import { check, sure, type Same } from './same.js'

const few = env.discrete(3)
sure<Same<env.Element<typeof few>, 0 | 1 | 2>>()
// @ts-expect-error there are three
export const beyond: env.Element<typeof few> = 3

// From 65 choices on, actions are numbers, however many there are.
const most = env.discrete(64)
// @ts-expect-error there are 64
export const sixtyFour: env.Element<typeof most> = 64
const more = env.discrete(65)
const thousand = env.discrete(999)
const many = env.discrete(5000)
const counted = env.discrete(Object.keys({ a: 1 }).length)
sure<Same<env.Element<typeof more>, number>>()
sure<Same<env.Element<typeof thousand>, number>>()
sure<Same<env.Element<typeof many>, number>>()
sure<Same<env.Element<typeof counted>, number>>()

const several = env.multiDiscrete([2, 999])
sure<Same<env.Element<typeof several>, readonly [0 | 1, number]>>()

/** A custom environment with more choices than a union could list. */
const guess: env.Environment<number, typeof many> = {
  name: 'guess',
  observationSpace: env.box(1, [0], [1]),
  actionSpace: many,
  init: () => 0,
  step: (action) => (state) => [
    { reward: action === 4999 ? 1 : 0, terminated: true, truncated: false },
    state,
  ],
  observe: (state) => [state],
}
check('its laws hold', env.checkEnv(guess).laws.length > 0)

const row = tensor.of(['time', 'env'], [2, 1], [1, 2])
sure<Same<typeof row, tensor.Tensor<['time', 'env']>>>()
check('tensors add up', tensor.toArray(tensor.add(row, row)).join() === '2,4')
// @ts-expect-error these are other dimensions
export const sum = () => tensor.add(row, tensor.of(['env', 'time'], [1, 2], [1, 2]))
