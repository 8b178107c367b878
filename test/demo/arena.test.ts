import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { actor } from '../../src/algo/actor.ts'
import { builtInOf, builtIns, type BuiltInName } from '../../src/builtin/index.ts'
import { handlings } from '../../src/demo/arena/actions.ts'
import { duelIn } from '../../src/demo/arena/duel.ts'
import { after, begin } from '../../src/demo/arena/game.ts'
import { handsOf } from '../../src/demo/arena/hands.ts'
import { playerOf } from '../../src/demo/arena/policy.ts'
import { seatAt } from '../../src/demo/arena/seat.ts'
import { between } from '../../src/demo/arena/tween.ts'
import { init, parts } from '../../src/ppo.ts'
import { key } from '../../src/random/index.ts'
import { encodeTrained } from '../../src/run/policy/policySnapshot.ts'

const names = Object.keys(builtIns) as readonly BuiltInName[]
const anyName = fc.constantFrom(...names)
const seeds = fc.integer({ min: 0, max: 1000 })

/** A policy that has learned nothing yet. */
const untrained = (name: BuiltInName, seed: number) => {
  const { env, preset } = builtInOf(name)
  const made = parts(preset, env, 'js')
  return { env, preset, made, learner: init(made)(key(seed)).learner }
}

describe('the policy on the page', () => {
  test.prop(
    [fc.constantFrom<BuiltInName>('cartpole', 'pendulum', 'frozen-lake', 'acrobot'), seeds],
    {
      numRuns: 12,
    },
  )('draws the actions that the library draws, and knows how likely they were', (name, seed) => {
    const { env, preset, made, learner } = untrained(name, seed)
    const player = playerOf(env, preset)(encodeTrained(learner))
    if (E.isLeft(player)) throw new Error(player.left)
    const { state } = begin(env, key(seed))
    const seen = Array.from(env.observe(state) as ArrayLike<number>)
    const { action, belief, value } = player.right(seen, key(5))
    expect(action).toEqual(actor(made, learner)(seen, { key: key(5) }))
    expect(Number.isFinite(value)).toBe(true)
    if (belief.kind === 'choices')
      expect(belief.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
    else {
      expect(belief.means).toEqual(actor(made, learner)(seen))
      expect(belief.deviations.every((x) => x > 0)).toBe(true)
    }
  })

  test('is Left of bytes that are none', () => {
    const { env, preset } = untrained('cartpole', 1)
    expect(E.isLeft(playerOf(env, preset)(Uint8Array.of(1, 2, 3)))).toBe(true)
    const other = untrained('pendulum', 1)
    expect(E.isLeft(playerOf(env, preset)(encodeTrained(other.learner)))).toBe(true)
  })
})

describe('a seat', () => {
  test.prop([anyName, fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 30 })], {
    numRuns: 20,
  })('takes as many steps as time allows, whatever the display', (name, frames) => {
    const builtIn = builtInOf(name)
    let steps = 0
    const seat = seatAt(builtIn, key(1), {
      act: () => Object.values(handlings[name].keys)[0]!,
      onStep: () => {
        steps += 1
      },
      restMs: Infinity,
    })
    for (const ms of frames) seat.pass(ms)
    const total = frames.reduce((a, b) => a + b, 0)
    const most = Math.floor((total * builtIn.framesPerSecond) / 1000)
    if (seat.game().isOver) expect(steps).toBeLessThanOrEqual(most)
    else expect(steps).toBe(most)
    expect(seat.game().length).toBe(steps)
  })

  test('rests after an episode, and begins another one', () => {
    const seat = seatAt(builtInOf('cartpole'), key(1), { act: () => 0, restMs: 100 })
    while (!seat.game().isOver) seat.pass(20)
    const over = seat.game()
    seat.pass(99)
    expect(seat.game()).toBe(over)
    seat.pass(1)
    expect(seat.game()).toMatchObject({ length: 0, isOver: false })
    expect(seat.game().state).not.toEqual(over.state)
  })

  test('that waits for an action does not hurry afterwards', () => {
    let action: number | null = null
    const seat = seatAt(builtInOf('frozen-lake'), key(1), { act: () => action, restMs: 0 })
    seat.pass(10_000)
    action = 0
    seat.pass(1)
    expect(seat.game().length).toBe(1)
  })
})

describe('pictures between steps', () => {
  test.prop([anyName, seeds, fc.double({ min: 0, max: 1, noNaN: true })], { numRuns: 30 })(
    'begin at the one, end at the other, and stay as large',
    (name, seed, t) => {
      const { env, draw } = builtInOf(name)
      const first = begin(env, key(seed))
      const next = after(env, first, Object.values(handlings[name].keys)[0]!)
      const [a, b] = [draw(first.state), draw(next.state)]
      expect(between(a, b, 1)).toEqual(b)
      expect(between(a, a, t)).toEqual(a)
      const middle = between(a, b, t)
      expect([middle.width, middle.height, middle.shapes.length]).toEqual([
        b.width,
        b.height,
        b.shapes.length,
      ])
    },
  )
})

describe('hands', () => {
  test.each(names)('play %s by its keys, with actions that are of its space', (name) => {
    const { env } = builtInOf(name)
    const handling = handlings[name]
    const { actionSpace } = env
    const isAction = (action: unknown): boolean =>
      actionSpace.kind === 'discrete'
        ? Number.isInteger(action) && Number(action) >= 0 && Number(action) < actionSpace.n
        : Array.isArray(action) &&
          action.every((x, i) => {
            const box = actionSpace as { low: readonly number[]; high: readonly number[] }
            return x >= box.low[i]! && x <= box.high[i]!
          })
    expect(Object.values(handling.keys).every(isAction)).toBe(true)
    if (typeof handling.rest === 'object') expect(isAction(handling.rest.action)).toBe(true)
    expect(handling.names.length).toBe(actionSpace.kind === 'discrete' ? actionSpace.n : 1)
  })

  test('hold the key pressed last, fall back to the one before, and then rest', () => {
    const hands = handsOf(handlings['mountain-car'])
    expect([hands.action(0), hands.hasBegun()]).toEqual([1, false])
    hands.press('ArrowLeft')
    hands.press('ArrowRight')
    hands.press('ArrowUp')
    expect([hands.action(0), hands.hasBegun()]).toEqual([2, true])
    hands.release('ArrowRight')
    expect(hands.action(0)).toBe(0)
    hands.release('ArrowLeft')
    expect(hands.action(0)).toBe(1)
  })

  test('tap once where a key is no lever, and tremble where nothing is no action', () => {
    const hands = handsOf(handlings['flappy-bird'])
    hands.press(' ')
    expect([hands.action(0), hands.action(1)]).toEqual([1, 0])
    const grid = handsOf(handlings['frozen-lake'])
    expect(grid.action(0)).toBeNull()
    const cart = handsOf(handlings.cartpole)
    expect([0, 1, 2, 3].map(cart.action)).toEqual([0, 1, 0, 1])
  })
})

describe('a duel', () => {
  test('starts both from one state when a key is pressed, and counts who did better', () => {
    const decision = { belief: { kind: 'choices', probabilities: [] }, value: 0 } as const
    const duel = duelIn('cartpole', ({ length }) => ({ ...decision, action: length % 2 }))
    duel.pass(1000)
    expect(duel.person().game().length).toBe(0)
    expect(duel.person().game()).toEqual(duel.policy().game())
    duel.hands.press('ArrowLeft')
    while (duel.winner() === null) duel.pass(16)
    expect(duel.winner()).toBe('policy')
    expect(duel.score()).toEqual({ person: 0, policy: 1 })
    const { state } = duel.person().game()
    duel.pass(10_000)
    expect(duel.winner()).toBeNull()
    expect(duel.hands.hasBegun()).toBe(false)
    expect(duel.person().game().state).not.toEqual(state)
  })
})
