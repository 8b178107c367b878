import { pipe } from 'fp-ts/lib/function.js'
import { expectTypeOf, test } from 'vitest'
import {
  actionClip,
  autoReset,
  episodeStatistics,
  flattenObservation,
  frameStack,
  fromGymAsync,
  normaliseByBounds,
  pendulum,
  rewardScale,
  timeLimit,
  untimedCartPole,
  type AsyncEnvironment,
  type AutoReset,
  type Box,
  type CartPoleState,
  type Counted,
  type Discrete,
  type Environment,
  type GymState,
  type Stacked,
  type Timed,
} from '../../../src/env/index.ts'
import { cartPoleGame, far } from '../../support/games.ts'

test('wrappers in a pipe have the types that they have one around the other', () => {
  const inPipe = pipe(untimedCartPole, timeLimit(5), frameStack(2), rewardScale(2))
  expectTypeOf(inPipe).toEqualTypeOf<Environment<Stacked<Timed<CartPoleState>>, Discrete<2>>>()
  expectTypeOf(rewardScale(2)(frameStack(2)(timeLimit(5)(untimedCartPole)))).toEqualTypeOf(inPipe)
  expectTypeOf(pipe(untimedCartPole, flattenObservation, timeLimit(5))).toEqualTypeOf<
    Environment<Timed<CartPoleState>, Discrete<2>>
  >()
  expectTypeOf(pipe(pendulum, actionClip, episodeStatistics).actionSpace).toEqualTypeOf<Box<1>>()
})

test('and around an environment of promises they promise', async () => {
  const pole = await fromGymAsync('pole', () => far(cartPoleGame()))
  expectTypeOf(pipe(pole, timeLimit(5), autoReset('nextStep'))).toEqualTypeOf<
    AsyncEnvironment<AutoReset<Timed<GymState>>, Discrete<2>>
  >()
  expectTypeOf(episodeStatistics(pole)).toEqualTypeOf<
    AsyncEnvironment<Counted<GymState>, Discrete<2>>
  >()
})

test('they know the states of an environment of which only that is known', () => {
  const limited = <S>(env: Environment<S, Discrete<2>>): Environment<Timed<S>, Discrete<2>> =>
    timeLimit(5)(env)
  expectTypeOf(limited(untimedCartPole)).toEqualTypeOf<
    Environment<Timed<CartPoleState>, Discrete<2>>
  >()
})

test('and refuse what they cannot wrap', () => {
  // @ts-expect-error: numbers of a box are clipped, and there is none.
  expectTypeOf(() => actionClip(untimedCartPole)).toBeFunction()
  // @ts-expect-error: it is no environment.
  expectTypeOf(() => timeLimit(5)({ name: 'none' })).toBeFunction()
  expectTypeOf(normaliseByBounds<typeof pendulum>).toBeFunction()
})
