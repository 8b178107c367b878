import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { flappyBird, untimedFlappyBird } from '../../src/env/flappyBird.ts'
import { BASE, type FlappyBirdState, type Pipe } from '../../src/env/flappyBirdGame.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { survivor, type Flap } from '../support/flappyBird.ts'
import { golden } from '../support/golden.ts'
import { chiSquareP, correlation } from '../support/statistics.ts'

const KEY = key(0)
const step = (action: Flap, state: FlappyBirdState) => untimedFlappyBird.step(action, KEY)(state)
const FAR: Pipe = { x: 250, gapTop: 140, gapHeight: 100 }
const bird = (y: number, velocity: number, ...pipes: readonly Pipe[]): FlappyBirdState => ({
  y,
  velocity,
  pipes: pipes.length === 0 ? [FAR] : pipes,
})

const { cases } = golden<{
  cases: ReadonlyArray<{
    name: string
    pipes: ReadonlyArray<readonly [gapTop: number, gapHeight: number]>
    actions: string
    terminated: boolean
    score: number
    rewards: readonly number[]
    y: readonly number[]
    velocity: readonly number[]
    x: readonly number[]
  }>
}>('flappy-bird')

describe.each(cases)('the game of DeepLearningFlappyBird: $name', (life) => {
  test('frame by frame, exactly', () => {
    // What is drawn for a pipe that enters cannot matter in that frame: it is beyond the bird.
    let drawn = 0
    const given = (x: number): Pipe => {
      const [gapTop, gapHeight] = life.pipes[drawn++]!
      return { x, gapTop, gapHeight }
    }
    let state: FlappyBirdState = {
      ...untimedFlappyBird.init(KEY),
      pipes: untimedFlappyBird.init(KEY).pipes.map(({ x }) => given(x)),
    }
    const xs: number[] = []
    Array.from(life.actions).forEach((action, t) => {
      const [outcome, next] = step(action === '1' ? 1 : 0, state)
      const pipes = next.pipes.map((pipe, i, { length }) =>
        i === length - 1 && pipe.x === 298 ? given(298) : pipe,
      )
      state = { ...next, pipes }
      expect([t, state.y, state.velocity]).toEqual([t, life.y[t], life.velocity[t]])
      expect(outcome).toEqual({
        reward: life.rewards[t],
        terminated: life.terminated && t === life.actions.length - 1,
        truncated: false,
      })
      xs.push(...pipes.map(({ x }) => x))
    })
    expect(xs).toEqual(life.x)
    expect(drawn).toBe(life.pipes.length)
    expect(life.rewards.filter((reward) => reward === 1).length).toBe(life.score)
  })
})

describe('the bird', () => {
  test('begins in the middle of the screen, at rest, before two pipes', () => {
    const { y, velocity, pipes } = untimedFlappyBird.init(key(3))
    expect([y, velocity, pipes.map(({ x }) => x)]).toEqual([244, 0, [288, 432]])
  })

  test('falls 1, 2, … 10 and then 10 a frame: 379 in frame 18, on the ground in frame 19', () => {
    let state = untimedFlappyBird.init(KEY)
    const falls = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10, 10, 10, 10, 10, 10]
    for (const fall of falls) {
      const [outcome, next] = step(0, state)
      expect(next.y - state.y).toBe(fall)
      expect(outcome).toEqual({ reward: 0.1, terminated: false, truncated: false })
      state = next
    }
    expect(state.y).toBe(379)
    const [outcome, next] = step(0, state)
    expect(outcome).toEqual({ reward: -1, terminated: true, truncated: false })
    expect(next.y).toBe(BASE - 24)
  })

  test.prop([fc.integer({ min: 20, max: 300 }), fc.integer({ min: -9, max: 10 })])(
    'rises by 9 in the frame of a flap, whatever its velocity was, then 8, 7, …',
    (y, velocity) => {
      const [, up] = step(1, bird(y, velocity))
      expect([up.y, up.velocity]).toEqual([y - 9, -9])
      const [, on] = step(0, up)
      expect([on.y, on.velocity]).toEqual([y - 17, -8])
    },
  )

  test('is held at the top, where it keeps its velocity and can still flap', () => {
    const [{ terminated }, top] = step(1, bird(8, 0))
    expect([top.y, top.velocity, terminated]).toEqual([0, -9, false])
    expect(step(0, top)[1]).toMatchObject({ y: 0, velocity: -8 })
    expect(step(1, bird(0, 5))[1]).toMatchObject({ y: 0, velocity: -9 })
    expect(step(1, bird(9, 0))[1].y).toBe(0)
    expect(step(1, bird(10, 0))[1].y).toBe(1)
  })

  // The ground is at 404.48: a crash is a lower edge at 403.48 or below, y >= 379.48.
  test.each([
    [369, 379, false],
    [370, 380, true],
    [371, BASE - 24, true],
    [379, BASE - 24, true],
  ])('at %d falling 10 comes to %d, crash: %s', (y, next, crash) => {
    const [{ terminated, reward }, after] = step(0, bird(y, 10))
    expect([after.y, terminated, reward]).toEqual([next, crash, crash ? -1 : 0.1])
  })
})

describe('a pipe', () => {
  // The bird's rectangle is [57, 91) × [y, y + 24); a step moves a pipe by −4, this bird by +1.
  const pipe = (x: number, gapTop: number, gapHeight: number): Pipe => ({ x, gapTop, gapHeight })
  test.each([
    ['above the gap by a pixel', 199, pipe(64, 201, 90), true],
    ['touching the upper pipe', 199, pipe(64, 200, 90), false],
    ['below the gap by a pixel', 199, pipe(64, 120, 103), true],
    ['touching the lower pipe', 199, pipe(64, 120, 104), false],
    ['in front, a pixel into it', 199, pipe(94, 300, 90), true],
    ['in front, touching it', 199, pipe(95, 300, 90), false],
    ['behind, a pixel into it', 199, pipe(10, 300, 90), true],
    ['behind, touching it', 199, pipe(9, 300, 90), false],
    ['in front of the lower, a pixel into it', 199, pipe(94, 90, 80), true],
    ['in front of the lower, touching it', 199, pipe(95, 90, 80), false],
  ])('%s', (_, y, first, crash) => {
    const [outcome] = step(0, bird(y, 0, first, FAR))
    expect(outcome.terminated).toBe(crash)
    // At 64 the pipe's middle is not yet passed, at 10 long since.
    expect(outcome.reward).toBe(crash ? -1 : 0.1)
    expect(step(0, bird(y, 0, FAR, first))[0]).toEqual(outcome)
  })

  // The bird's middle is 74, a pipe's x + 26, both before the frame.
  test.each([
    [49, 0.1],
    [48, 1],
    [47, 1],
    [45, 1],
    [44, 0.1],
  ])('at %d earns %d', (x, reward) => {
    expect(step(0, bird(200, 0, pipe(x, 150, 100), FAR))[0].reward).toBe(reward)
  })

  test('passed and hit in one frame counts as hit', () => {
    expect(step(0, bird(200, 0, pipe(48, 300, 100), FAR))[0]).toEqual({
      reward: -1,
      terminated: true,
      truncated: false,
    })
  })

  // x of the first before the frame; whether one enters
  test.each([
    [10, false],
    [9, false],
    [8, true],
    [5, true],
    [4, false],
    [3, false],
  ])('another enters at 298 when the first comes from %d to between 0 and 5: %s', (x, enters) => {
    const { pipes } = step(0, bird(200, 0, pipe(x, 150, 100), FAR))[1]
    expect(pipes.map((p) => p.x)).toEqual(enters ? [x - 4, 246, 298] : [x - 4, 246])
    expect(pipes.slice(0, 2)).toEqual([pipe(x - 4, 150, 100), { ...FAR, x: 246 }])
  })

  test.each([
    [-47, [-51, 246]],
    [-48, [-52, 246]],
    [-49, [246]],
  ])('is dropped when it is off the screen: from %d', (x, left) => {
    const { pipes } = step(0, bird(200, 0, pipe(x, 150, 100), FAR))[1]
    expect(pipes.map((p) => p.x)).toEqual(left)
  })

  test('is drawn in the frame that it enters in, and nothing is in any other', () => {
    const draw = (x: number, seed: number) =>
      untimedFlappyBird.step(0, key(seed))(bird(200, 0, pipe(x, 150, 100), FAR))[1]
    expect(draw(12, 1)).toEqual(draw(12, 2))
    expect(draw(8, 1)).toEqual(draw(8, 1))
    expect(draw(8, 1)).not.toEqual(draw(8, 2))
  })

  const n = 4100
  const fourth = (i: number) =>
    untimedFlappyBird.step(0, foldIn(key(21), i))(bird(200, 0, pipe(8, 150, 100), FAR))[1].pipes[2]!
  test.each<[string, (i: number) => Pipe]>([
    ['that enters', fourth],
    ['that is the first', (i) => untimedFlappyBird.init(foldIn(key(22), i)).pipes[0]!],
    ['that is the second', (i) => untimedFlappyBird.init(foldIn(key(23), i)).pipes[1]!],
  ])('%s has a gap from 100, 110 … or 170 on, 80 … 120 high (p > 1e-6 each)', (_, draw) => {
    const pipes = Array.from({ length: n }, (_unused, i) => draw(i))
    const tops = Array.from({ length: 8 }, () => 0)
    const heights = Array.from({ length: 41 }, () => 0)
    for (const { gapTop, gapHeight } of pipes) {
      tops[gapTop / 10 - 10]!++
      heights[gapHeight - 80]!++
    }
    // A draw out of range would leave NaN, or a place that was not there.
    expect([Object.keys(tops).length, Object.keys(heights).length]).toEqual([8, 41])
    expect(chiSquareP(tops, [...tops].fill(1 / 8))).toBeGreaterThan(1e-6)
    expect(chiSquareP(heights, [...heights].fill(1 / 41))).toBeGreaterThan(1e-6)
    // Five standard errors.
    const [t, h] = [pipes.map((p) => p.gapTop), pipes.map((p) => p.gapHeight)]
    expect(Math.abs(correlation(t, h))).toBeLessThan(5 / Math.sqrt(n))
  })

  test('of the first two is drawn apart from the other (five standard errors)', () => {
    const starts = Array.from({ length: n }, (_, i) => untimedFlappyBird.init(foldIn(key(24), i)))
    for (const field of ['gapTop', 'gapHeight'] as const) {
      const [a, b] = [0, 1].map((i) => starts.map(({ pipes }) => pipes[i]![field])) as [
        number[],
        number[],
      ]
      expect(Math.abs(correlation(a, b))).toBeLessThan(5 / Math.sqrt(n))
    }
  })
})

describe.each([1, 2, 3])('an episode of a player that plans ahead, seed %d', (seed) => {
  const FRAMES = 10_000
  const life = survivor(seed, FRAMES)

  test('lasts 10,000 frames and passes 269 pipes', () => {
    expect(life.some(({ outcome }) => outcome.terminated)).toBe(false)
    const passed = life.flatMap(({ outcome }, t) => (outcome.reward === 1 ? [t] : []))
    // 60 frames bring the first pipe from 288 to 48, 96 the second; one that enters takes 63.
    expect(passed.slice(0, 4)).toEqual([60, 96, 134, 170])
    expect(new Set(passed.slice(1).map((t, i) => t - passed[i]!))).toEqual(new Set([36, 38]))
    expect(passed.length).toBe(269)
    const total = life.reduce((sum, { outcome }) => sum + outcome.reward, 0)
    expectClose(total, 0.1 * FRAMES + 0.9 * 269, 1e-12, 0)
  })

  test('meets pipes 144 and 150, then 144 and 152 apart in turn', () => {
    const entering = life.flatMap(({ after: { pipes } }) => {
      const last = pipes.at(-1)!
      return last.x === 298 ? [last.x - pipes.at(-2)!.x] : []
    })
    expect(entering.length).toBe(269)
    expect(entering.slice(0, 6)).toEqual([150, 144, 152, 144, 152, 144])
    expect(new Set(entering.slice(1))).toEqual(new Set([144, 152]))
  })

  test('always sees two pipes ahead, in its box', () => {
    const { low, high } = untimedFlappyBird.observationSpace
    for (const { after } of life) {
      expect(after.pipes.filter(({ x }) => x + 52 > 57).length).toBe(2)
      untimedFlappyBird.observe(after).forEach((v, i) => {
        if (!(v >= low[i]! && v <= high[i]!)) expect.fail(`${i}: ${v} not in its bounds`)
      })
    }
  })
})

describe('what is seen', () => {
  test('height, velocity, and of two pipes the place and the rooms above and below the bird', () => {
    const pipes = [
      { x: -40, gapTop: 100, gapHeight: 80 },
      { x: 108, gapTop: 150, gapHeight: 90 },
      { x: 252, gapTop: 120, gapHeight: 110 },
    ]
    expectClose(
      untimedFlappyBird.observe({ y: 190.24, velocity: -9, pipes }).slice(0, 12),
      [0, -1.8, -1, 1.6096, 1.0304, -0.952, 1, 3, 2.8096, 0.6304, 1, 1],
      1e-12,
      1e-12,
    )
  })

  test('a pipe until its right edge comes to the bird’s left one', () => {
    const seen = (x: number) =>
      untimedFlappyBird.observe(bird(200, 0, { ...FAR, x }, { ...FAR, x: 216 }, FAR))[2]!
    expectClose(seen(6), (6 - 144) / 36, 1e-15, 0)
    expect(seen(5)).toBe(2)
  })

  test('to the pixel, what a flap leaves above and another frame of falling below', () => {
    // A gap from 100 to 180, for y from 100 to 156: a flap from 145 up may touch, one from 144 not.
    const gap: Pipe = { x: 60, gapTop: 100, gapHeight: 80 }
    const seen = (y: number, velocity: number) =>
      untimedFlappyBird.observe(bird(y, velocity, gap, FAR)).slice(5, 7)
    expect(seen(145, 0)).toEqual([0, 1])
    expect(seen(144, 9)).toEqual([-0.2, 0.4])
    expect(seen(148, 7)).toEqual([0.6, 0])
    expect(seen(148, 8)).toEqual([0.6, -0.2])
    expect(seen(148, 10)).toEqual([0.6, -0.4])
    expect(seen(100, 10)).toEqual([-1, 1])
    expect(seen(156, 10)).toEqual([1, -1])
  })

  /** Heights frame by frame, of a bird that flaps at once or not, and not again. */
  const heights = (y: number, velocity: number, flaps: boolean): readonly number[] => {
    const out = [y]
    for (let [v, t] = [velocity, 0]; t < 120; t++) {
      v = flaps && t === 0 ? -9 : Math.min(v + 1, 10)
      out.push(out.at(-1)! + v)
    }
    return out
  }

  test.prop([
    fc.integer({ min: 0, max: 356 }),
    fc.integer({ min: -9, max: 10 }),
    fc.integer({ min: 6, max: 150 }),
  ])('how a flap now, and none, come out as pipes arrive and go', (y, velocity, x) => {
    const a = { x, gapTop: 130, gapHeight: 85 }
    const b = { x: x + 144, gapTop: 160, gapHeight: 100 }
    const there = (pipe: Pipe, t: number) => pipe.x - 4 * t < 57 + 34
    const gone = (pipe: Pipe, t: number) => pipe.x - 4 * t + 52 <= 57
    const cut = (room: number) => Math.max(-1, Math.min(1, room / 10))
    const both = (read: (heights: readonly number[]) => number) => [
      read(heights(y, velocity, true)),
      read(heights(y, velocity, false)),
    ]
    expect(untimedFlappyBird.observe(bird(y, velocity, a, b)).slice(12)).toEqual([
      ...both((h) => cut(h.find((_, t) => there(a, t))! - 130)),
      ...both((h) => cut(h.find((_, t) => there(b, t))! - 160)),
      ...both((h) => cut(130 + 85 - 24 - h.find((_, t) => gone(a, t))!)),
    ])
  })

  test('where there is none, one that enters with its gap in the middle', () => {
    const none = { x: 298, gapTop: 135, gapHeight: 100 }
    const observe = (...pipes: readonly Pipe[]) =>
      untimedFlappyBird.observe({ y: 200, velocity: 3, pipes })
    expect(observe(FAR)).toEqual(observe(FAR, none))
    expect(observe()).toEqual(observe(none, none))
  })

  // Each bound but those of x is that of a state; y from the top to the ground, all gaps there are.
  test('reaches from bound to bound', () => {
    const { low, high } = untimedFlappyBird.observationSpace
    const at = (y: number, velocity: number, gapTop: number, gapHeight: number) => {
      const pipe = { x: 144, gapTop, gapHeight }
      return untimedFlappyBird.observe(bird(y, velocity, pipe, pipe))
    }
    const corners = [0, BASE - 24].flatMap((y) =>
      [-9, 10].flatMap((v) => [100, 170].flatMap((t) => [80, 120].map((h) => at(y, v, t, h)))),
    )
    for (const i of [0, 1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 16, 17]) {
      const column = corners.map((corner) => corner[i]!)
      const [least, most] = [Math.min(...column), Math.max(...column)]
      expect(least).toBeGreaterThanOrEqual(low[i]!)
      expect(least).toBeLessThan(low[i]! + 2e-4)
      expect(most).toBeLessThanOrEqual(high[i]!)
      expect(most).toBeGreaterThan(high[i]! - 2e-4)
    }
  })

  test.prop([fc.nat(), fc.array(fc.boolean(), { maxLength: 120 })])(
    'keeps to its box, to the crash',
    (seed, flaps) => {
      const { size, low, high } = untimedFlappyBird.observationSpace
      let state = untimedFlappyBird.init(key(seed))
      // The last flap is followed by a fall to the ground, if nothing comes before.
      for (let t = 0; t < flaps.length + 90; t++) {
        const seen = untimedFlappyBird.observe(state)
        expect(seen.length).toBe(size)
        expect(seen.every((v, i) => v >= low[i]! && v <= high[i]!)).toBe(true)
        const [{ terminated }, next] = untimedFlappyBird.step(
          flaps[t] === true ? 1 : 0,
          foldIn(key(seed), t),
        )(state)
        state = next
        if (terminated) break
        expect(t).toBeLessThan(flaps.length + 89)
      }
      expect(untimedFlappyBird.observe(state).every((v, i) => v >= low[i]! && v <= high[i]!)).toBe(
        true,
      )
    },
  )
})

describe('flappyBird', () => {
  test('is cut off after exactly 10,000 frames, not failed', () => {
    let state = flappyBird.init(key(2))
    survivor(2, 10_000).forEach(({ action, key: stepKey }, t) => {
      const [outcome, next] = flappyBird.step(action, stepKey)(state)
      expect([outcome.terminated, outcome.truncated]).toEqual([false, t === 9999])
      state = next
    })
  })

  test('says what it sees and takes: eighteen numbers, two actions', () => {
    expect(flappyBird.name).toBe('flappy-bird')
    expect(flappyBird.actionSpace).toEqual({ kind: 'discrete', n: 2 })
    expect(flappyBird.observationSpace.size).toBe(18)
  })

  test('leaves its state as it is', () => {
    const state = { elapsed: 70, state: survivor(1, 71).at(-1)!.before }
    expect(state.state.pipes[0]!.x).toBe(8)
    const [, next] = expectPure((s: typeof state) => flappyBird.step(1, KEY)(s), state)
    expect(next.state.pipes.length).toBe(3)
    expectPure(flappyBird.observe, state)
    expectPure(flappyBird.init, key(1))
  })
})
