import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { cartPole, timeLimit, type Discrete, type Environment } from '../../../src/env/index.ts'
import { autoReset, type AutoResetMode } from '../../../src/env/wrapper/autoReset.ts'
import { foldIn, key, split } from '../../../src/random/index.ts'
import { expectPure } from '../../law/purity.ts'
import { closing, spaces, walk } from '../../support/spaces.ts'
import { corridor, dice, pension } from '../../support/worlds.ts'

const modes = ['sameStep', 'nextStep'] as const
const actions = fc.array(fc.constantFrom<0 | 1 | 2>(0, 1, 2), { minLength: 1, maxLength: 30 })

const outcome = (reward: number, terminated: boolean) => ({ reward, terminated, truncated: false })

/** Outcomes, states, and whether an episode was over, of a life of that many steps. */
const life = (mode: AutoResetMode, steps: number) => {
  const world = autoReset(mode)(corridor)
  let state = world.init(key(3))
  return Array.from({ length: steps }, () => {
    const [outcome, next] = world.step(1, key(0))(state)
    state = next
    return [outcome, next.state, next.over, next.final, world.observe(next)]
  })
}

describe('autoReset', () => {
  test('in the same step: the end comes with the next first state, and the last is final', () => {
    expect(life('sameStep', 4)).toEqual([
      [outcome(0, false), 1, false, null, [0, 1]],
      [outcome(1, true), 0, true, 1, [1, 0]],
      [outcome(0, false), 1, false, null, [0, 1]],
      [outcome(1, true), 0, true, 1, [1, 0]],
    ])
  })

  test('in the next step: the end comes with the last state, and a step for nothing follows', () => {
    expect(life('nextStep', 5)).toEqual([
      [outcome(0, false), 1, false, null, [0, 1]],
      [outcome(1, true), 1, true, 1, [0, 1]],
      [outcome(0, false), 0, false, null, [1, 0]],
      [outcome(0, false), 1, false, null, [0, 1]],
      [outcome(1, true), 1, true, 1, [0, 1]],
    ])
  })

  test.each(modes)('goes on after an episode that was cut off, too (%s)', (mode) => {
    const world = autoReset(mode)(timeLimit(2)(pension))
    let state = world.init(key(0))
    const seen = Array.from({ length: 4 }, () => {
      const [{ truncated }, next] = world.step(0, key(0))(state)
      state = next
      return [truncated, next.over, next.state.elapsed]
    })
    expect(seen).toEqual(
      mode === 'sameStep'
        ? [
            [false, false, 1],
            [true, true, 0],
            [false, false, 1],
            [true, true, 0],
          ]
        : [
            [false, false, 1],
            [true, true, 2],
            [false, false, 0],
            [false, false, 1],
          ],
    )
  })

  test.prop([fc.nat(), actions])('lives the same episodes in both modes', (seed, chosen) => {
    const dynamics = key(seed + 1)
    const episodes = (mode: AutoResetMode) => {
      const world = autoReset(mode)(dice)
      const steps: unknown[] = []
      let state = world.init(key(seed))
      for (let t = 0; t < chosen.length;) {
        const skipped = mode === 'nextStep' && state.over
        const [result, next] = world.step(chosen[t]!, foldIn(dynamics, t))(state)
        if (!skipped) {
          steps.push([result, next.final])
          t++
        }
        state = next
      }
      return steps
    }
    expect(episodes('sameStep')).toEqual(episodes('nextStep'))
  })

  test.prop([fc.nat(), fc.constantFrom(...modes)])(
    'draws each start from a key of its own',
    (seed, mode) => {
      const world = autoReset(mode)(dice)
      const [firstKey, rest] = split(key(seed), 2)
      const [secondKey, later] = split(rest, 2)
      const first = world.init(key(seed))
      expect(first).toEqual({ key: rest, state: dice.init(firstKey), over: false, final: null })
      let state = first
      // A draw ends an episode in one step of two, so that 200 without an end do not happen.
      for (let t = 0; t < 200 && state.key === first.key; t++)
        state = expectPure((s: typeof state) => world.step(1, foldIn(key(9), t))(s), state)[1]
      expect(state.key).toEqual(later)
      expect(state.state).toEqual(dice.init(secondKey))
    },
  )

  test('takes no notice of the action that follows an end, in the next step', () => {
    const asked: unknown[] = []
    const told: Environment<0 | 1, Discrete<2>> = {
      ...corridor,
      step: (action, key) => {
        asked.push(action)
        return corridor.step(action, key)
      },
    }
    const world = autoReset('nextStep')(told)
    let state = world.init(key(0))
    for (const action of [0, 1, 1, 0] as const) [, state] = world.step(action, key(0))(state)
    expect(asked).toEqual([0, 1, 0])
  })

  test('opens all choices there, and keeps the mask everywhere else', () => {
    const masked = walk(spaces.product, closing(spaces.product))
    const inside = { place: 0, age: 1 }
    const around = { key: key(0), state: inside, final: inside }
    const mask = masked.actionMask!(inside)
    expect(mask).toContain(false)
    for (const mode of modes) {
      const open = autoReset(mode)(masked).actionMask!
      expect(open({ ...around, over: false })).toEqual(mask)
      expect(open({ ...around, over: true })).toEqual(
        mode === 'sameStep' ? mask : mask.map(() => true),
      )
    }
  })

  test.each(modes)('keeps names, spaces and the type of actions (%s)', (mode) => {
    const world = autoReset(mode)(cartPole)
    expectTypeOf(world.actionSpace).toEqualTypeOf<Discrete<2>>()
    expect([world.name, world.actionSpace, world.observationSpace]).toEqual([
      cartPole.name,
      cartPole.actionSpace,
      cartPole.observationSpace,
    ])
    expect('actionMask' in world).toBe(false)
  })

  test('has two modes', () => {
    expect(() => autoReset('disabled' as AutoResetMode)).toThrow(
      new RangeError('mode: expected one of sameStep, nextStep, got disabled'),
    )
  })
})
