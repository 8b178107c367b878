import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  asyncParts,
  init,
  initAsync,
  iterate,
  iterateAsync,
  parts,
  type AsyncParts,
  type PpoConfig,
  type TrainState,
} from '../../src/algo/ppo/index.ts'
import type { GymState } from '../../src/env/gym/game.ts'
import {
  box,
  discrete,
  fromGym,
  fromGymAsync,
  type Discrete,
  type Environment,
} from '../../src/env/index.ts'
import { encodeCheckpoint, openCheckpoint } from '../../src/run/checkpoint.ts'
import { resume, stateLike } from '../../src/run/resume.ts'
import { key } from '../../src/random/index.ts'
import { expectSameBits } from '../law/purity.ts'
import { cartPoleGame, far, windGame } from '../support/games.ts'
import { small } from '../support/runs.ts'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(String(either.left))
  return either.right
}

const config: PpoConfig = { ...small, envs: 2, steps: 12, totalSteps: 5 * 24, minibatches: 2 }

const encode = (state: TrainState<unknown>) =>
  encodeCheckpoint({ config, state, link: null, about: {} })

const stored = (state: TrainState<unknown>) => right(openCheckpoint(right(encode(state))))

/** All states of a run: of one that goes on, and of one that is kept and read anew after each update. */
const both = <S>(make: () => Environment<S>) => {
  const one = parts(config, make())
  let [state, again] = [init(one)(key(4)), init(parts(config, make()))(key(4))]
  const through: Array<readonly [TrainState<S>, TrainState<S>]> = []
  for (let i = 0; i < 3; i++) {
    state = iterate(config, one)(state)[1]
    const fresh = parts(config, make())
    again = iterate(config, fresh)(right(resume(fresh)(stored(again))))[1]
    through.push([state, again])
  }
  return through
}

describe('an environment of games is kept and goes on in games that are new', () => {
  test.each([
    ['whose seeds and actions say all', () => fromGym('wind', () => windGame())],
    ['that make snapshots', () => fromGym('wind', () => windGame(undefined, true))],
    ['of choices', () => fromGym('pole', () => cartPoleGame())],
  ])('%s', (_, make) => {
    for (const [straight, again] of both<GymState>(make)) expectSameBits(again, straight)
  })

  const goingOn = async <S>(fresh: AsyncParts<S>, state: TrainState<S>): Promise<TrainState<S>> => {
    const like = await initAsync(fresh)(key(0))
    const read = right(stateLike(fresh.env.env, like)(stored(state)))
    return (await iterateAsync(config, fresh)(read))[1]
  }

  test.each([
    ['that make snapshots, far away', true, {}],
    ['that are brought back by their actions, far away', false, { replay: true }],
  ])('%s', async (_, snapshots, options) => {
    const make = async () =>
      asyncParts(
        config,
        await fromGymAsync('wind', () => far(windGame(undefined, snapshots)), options),
      )
    const one = await make()
    let [state, again] = [await initAsync(one)(key(4)), await initAsync(await make())(key(4))]
    for (let i = 0; i < 3; i++) {
      state = (await iterateAsync(config, one)(state))[1]
      again = await goingOn(await make(), again)
      expectSameBits(again, state)
    }
    const here = parts(
      config,
      fromGym('wind', () => windGame()),
    )
    const [, first] = iterate(config, here)(init(here)(key(4)))
    expect(first.learner.params.flat.shape).toEqual(state.learner.params.flat.shape)
  })

  test('that cannot go back: the state is read, and the game says why it does not continue', async () => {
    const make = async () => asyncParts(config, await fromGymAsync('wind', () => far(windGame())))
    const one = await make()
    const [, state] = await iterateAsync(config, one)(await initAsync(one)(key(4)))
    await expect(goingOn(await make(), state)).rejects.toThrow(
      /update 2: .*expected the newest state of its game, which has no snapshots/,
    )
  })
})

interface Odd {
  readonly place: Float64Array
  readonly visits: ReadonlyMap<number, number>
  readonly last: number | undefined
  readonly far: number
  readonly tool?: unknown
}

/** A walk whose states are more than numbers; `tool` is a part of each. */
const odd = (tool?: () => unknown): Environment<Odd, Discrete<2>> => ({
  name: 'odd',
  observationSpace: box(2, [-100, 0], [100, 100]),
  actionSpace: discrete(2),
  init: () => ({
    place: Float64Array.of(0, -0, NaN),
    visits: new Map(),
    last: undefined,
    far: -Infinity,
    ...(tool && { tool: tool() }),
  }),
  step: (action) => (state) => {
    const move = action === 1 ? 1 : -1
    const x = state.place[0]! + move
    const times = (state.visits.get(x) ?? 0) + 1
    const visits = new Map(state.visits).set(x, times)
    const next: Odd = {
      ...state,
      place: Float64Array.of(x, -0, NaN),
      visits,
      last: action === 1 ? undefined : x,
      far: Math.max(state.far, x),
    }
    const outcome = { reward: times === 1 ? 1 : 0, terminated: false, truncated: false }
    return [{ ...outcome, terminated: Math.abs(x) === 7 }, next]
  },
  observe: ({ place, visits }) => [place[0]!, visits.size],
})

class Robot {
  readonly arms = 2
}

describe('an environment whose states are plain values of any kind', () => {
  test('is kept to the bit and goes on: typed arrays, maps, undefined, −0, NaN, infinities', () => {
    for (const [straight, again] of both(() => odd())) expectSameBits(again, straight)
    const all = parts(config, odd())
    const kept = right(resume(all)(stored(init(all)(key(1)))))
    const { place, visits, last, far: most } = kept.envState.slots[0]!.state
    expect([place, visits, last, most]).toEqual([
      Float64Array.of(0, -0, NaN),
      new Map(),
      undefined,
      -Infinity,
    ])
  })

  test.each([
    ['an instance of Robot', () => new Robot()],
    ['a function', () => () => 1],
  ])('cannot be kept with %s: Left names it and where it is', (what, tool) => {
    const state = init(parts(config, odd(tool)))(key(1))
    expect(encode(state)).toEqual(
      E.left(`envState: expected a plain value, got ${what} at [0].state.tool`),
    )
  })
})
