import type { Either } from 'fp-ts/lib/Either.js'
import { env, ppo, random } from 'proximal'
import { check, sure, type Same } from './same.js'

type State = ppo.TrainState<env.Timed<env.CartPoleState>>
type Ended = Either<ppo.Stopped<env.Timed<env.CartPoleState>>, State>

const config: ppo.PpoConfig = {
  ...ppo.preset('cleanrl'),
  envs: 2,
  steps: 8,
  minibatches: 2,
  totalSteps: 32,
}
const parts = ppo.parts(config, env.cartPole)
const start = ppo.init(parts)(random.key(1))
sure<Same<typeof start, State>>()

const ended = ppo.run(config, parts)(start)
sure<Same<typeof ended, Ended>>()
// A type that the compiler did not find passes for any other, and for the test above.
// @ts-expect-error a run ends with an Either
export const wrongEnd: string = ended
check('a run ends at its last state', ended._tag === 'Right' && ended.right.update === 2)

const later = await ppo.runAsync(config, parts)(start, ({ update }) => {
  sure<Same<typeof update, number>>()
})
sure<Same<typeof later, Ended>>()
// @ts-expect-error so does a run of promises
export const wrongLater: string = later
check('so does a run of promises', later._tag === 'Right' && later.right.update === 2)

for (const [metrics, state] of ppo.train(config, parts)(start)) {
  sure<Same<typeof metrics, ppo.Metrics>>()
  sure<Same<typeof state, State>>()
  check('metrics are numbers', Number.isFinite(metrics.approxKl))
}

const decoded = ppo.decodeConfig({ ...config, gamma: 2 })
sure<Same<typeof decoded, Either<readonly ppo.Mistake[], ppo.PpoConfig>>>()
check('a wrong config is refused', decoded._tag === 'Left')

// @ts-expect-error γ is a number
export const wrong: ppo.PpoConfig = { ...config, gamma: 'high' }
