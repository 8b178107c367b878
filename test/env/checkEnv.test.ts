import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { checkEnv, describeReport, expectEnv, type CheckReport } from '../../src/env/checkEnv.ts'
import type { LawId } from '../../src/env/check/laws.ts'
import {
  box,
  cartPole,
  discrete,
  multiDiscrete,
  pendulum,
  timeLimit,
  untimedPendulum,
  type Box,
  type Discrete,
  type Environment,
} from '../../src/env/index.ts'
import { actionClip } from '../../src/env/wrapper/actionClip.ts'
import { actionScale } from '../../src/env/wrapper/actionScale.ts'
import { autoReset } from '../../src/env/wrapper/autoReset.ts'
import { episodeStatistics } from '../../src/env/wrapper/episodeStatistics.ts'
import { normaliseByBounds } from '../../src/env/wrapper/normalise.ts'
import { rewardScale } from '../../src/env/wrapper/rewardScale.ts'
import { key, uniform } from '../../src/random/index.ts'
import { item } from '../../src/tensor/index.ts'
import { closing, spaceNames, spaces, walk } from '../support/spaces.ts'
import { bandit, corridor, darts, dice, pension } from '../support/worlds.ts'

interface Step {
  x: number
  t: number
}

/** Walks right or left by 1, from a drawn place, for ten steps. Good as it is. */
const line: Environment<Step, Discrete<2>> = {
  name: 'line',
  observationSpace: box(2, [-20, 0], [20, 10]),
  actionSpace: discrete(2),
  init: (k) => ({ x: item(uniform(k, ['draw'], [1], 'f64')), t: 0 }),
  step:
    (action) =>
    ({ x, t }) => [
      { reward: x, terminated: t === 9, truncated: false },
      { x: x + 2 * action - 1, t: t + 1 },
    ],
  observe: ({ x, t }) => [x, t],
}

type World = Environment<Step, Discrete<2>>

/** The line with parts that no type allows. */
const line_ = (parts: { readonly [K in keyof World]?: unknown }): World =>
  ({ ...line, ...parts }) as World

/** The line, each of whose steps goes on with what it brings. */
const after = (
  f: (outcome: Step & { reward: unknown; terminated: unknown; truncated: unknown }) => unknown,
): World =>
  line_({
    step: (action: 0 | 1, k: ReturnType<typeof key>) => (state: Step) => {
      const [outcome, next] = line.step(action, k)(state)
      return [f({ ...outcome, ...next }), next]
    },
  })

const broken = ({ laws }: CheckReport): readonly LawId[] =>
  laws.filter(({ ok, kind }) => ok === false && kind === 'law').map(({ id }) => id)

const noted = ({ laws }: CheckReport): readonly LawId[] =>
  laws.filter(({ ok, kind }) => ok === false && kind === 'note').map(({ id }) => id)

const problemOf = (report: CheckReport, id: LawId): string | null =>
  report.laws.find((law) => law.id === id)!.problem

const boom = (): never => {
  throw new TypeError('boom')
}

describe('environments that keep the laws', () => {
  test.each<[string, Environment<unknown>, readonly LawId[]]>([
    ['line', line as Environment<unknown>, []],
    ['cartPole', cartPole as Environment<unknown>, []],
    ['pendulum', pendulum as Environment<unknown>, []],
    ['untimedPendulum', untimedPendulum as Environment<unknown>, ['limit']],
    ['bandit', bandit as Environment<unknown>, ['chance']],
    ['corridor', corridor as Environment<unknown>, ['chance']],
    ['pension', pension as Environment<unknown>, ['chance', 'limit']],
    ['dice', dice as Environment<unknown>, []],
    ['darts', darts as Environment<unknown>, []],
  ])('%s', (_, world, notes) => {
    const report = checkEnv(world, { steps: 250 })
    expect(broken(report)).toEqual([])
    expect(noted(report)).toEqual(notes)
    expect(report.ok).toBe(true)
    expect(() => expectEnv(world, { steps: 20 })).not.toThrow()
  })

  test.each(spaceNames)('a walk with actions of a %s space, masked and not', (name) => {
    const space = spaces[name]
    for (const world of [walk(space), walk(space, closing(space))]) {
      const report = checkEnv(world)
      expect([broken(report), noted(report)]).toEqual([[], []])
    }
  })

  test.each<[string, Environment<unknown>]>([
    ['actionClip', actionClip(darts) as Environment<unknown>],
    ['actionScale', actionScale()(darts) as Environment<unknown>],
    ['autoReset', timeLimit(40)(autoReset('nextStep')(dice)) as Environment<unknown>],
    ['autoReset', timeLimit(40)(autoReset('sameStep')(dice)) as Environment<unknown>],
    ['episodeStatistics', episodeStatistics(dice) as Environment<unknown>],
    ['normaliseByBounds', normaliseByBounds(dice) as Environment<unknown>],
    ['rewardScale', rewardScale(-2)(dice) as Environment<unknown>],
  ])('wrapped by %s', (_, world) => {
    expect(broken(checkEnv(world))).toEqual([])
  })

  test.prop([fc.nat()])('whatever the key', (seed) => {
    expect(checkEnv(line, { key: key(seed), episodes: 2 }).ok).toBe(true)
  })

  test('an environment that closes everything once it is over', () => {
    const tired = { ...line, actionMask: ({ t }: Step) => [t < 10, false] }
    expect(broken(checkEnv(tired))).toEqual([])
  })
})

/** Each environment breaks one law and no other, and says so. */
const bad: ReadonlyArray<readonly [string, LawId, string | RegExp, () => World]> = [
  [
    'is none',
    'parts',
    'the environment: expected an object, got null',
    () => null as unknown as World,
  ],
  [
    'has no name',
    'parts',
    'name: expected a string, got undefined',
    () => line_({ name: undefined }),
  ],
  ['has no observe', 'parts', 'observe: expected a function, got 3', () => line_({ observe: 3 })],
  [
    'has a mask that is no function',
    'parts',
    'actionMask: expected a function, got an array of 2',
    () => line_({ actionMask: [true, true] }),
  ],
  [
    'has a space of nothing',
    'spaces',
    'actionSpace: n: expected a whole number >= 1, got 0',
    () => line_({ actionSpace: { kind: 'discrete', n: 0 } }),
  ],
  [
    'shows something else than its space',
    'seen',
    /expected a whole number from 0 to 1, got an array of 2$/,
    () => line_({ observationSpace: discrete(2) }),
  ],
  [
    'starts by chance',
    'init',
    /^episode 0, init: init.x: 1, then init.x: 2$/,
    () => {
      let x = 0
      return line_({ init: () => ({ x: (x += 1), t: 0 }) })
    },
  ],
  [
    'starts with an error',
    'init',
    'episode 0, init: threw TypeError: boom',
    () => line_({ init: boom }),
  ],
  [
    'starts with an error now and then',
    'init',
    'init and first step: threw TypeError: boom',
    () =>
      line_({
        init: (k: ReturnType<typeof key>) => {
          const state = line.init(k)
          return state.x > 0.9 ? boom() : state
        },
      }),
  ],
  [
    'is seen otherwise each time',
    'observe',
    /^episode 0, init: observe\[0\]: 1, then observe\[0\]: 2$/,
    () => {
      let n = 0
      return line_({ observe: () => [(n = (n % 9) + 1), 0] })
    },
  ],
  [
    'cannot be seen after a while',
    'observe',
    /^episode 0, step 2, action [01]: threw TypeError: boom$/,
    () => line_({ observe: ({ x, t }: Step) => (t < 3 ? [x, t] : boom()) }),
  ],
  [
    'shows too few numbers',
    'seen',
    'episode 0, init: expected an array of 2, got an array of 1',
    () => line_({ observe: ({ x }: Step) => [x] }),
  ],
  [
    'shows numbers beyond its bounds',
    'seen',
    /^episode 0, step 6, action [01]: entry 1: expected a number from 0 to 6, got 7$/,
    () => line_({ observationSpace: box(2, [-20, 0], [20, 6]) }),
  ],
  [
    'shows NaN, in a box without bounds',
    'seen',
    /^episode 0, step 4, .*: entry 0: expected a finite number, got NaN$/,
    () =>
      line_({
        observationSpace: box(2, [-Infinity, 0], [Infinity, 10]),
        observe: ({ x, t }: Step) => [t === 5 ? NaN : x, t],
      }),
  ],
  [
    'masks too little',
    'mask',
    'episode 0, step 0: expected an array of 2, one per choice, got an array of 1',
    () => line_({ actionMask: () => [true] }),
  ],
  [
    'leaves nothing to do',
    'mask',
    'episode 0, step 3: entries 0 to 1: expected an allowed choice, got none',
    () => line_({ actionMask: ({ t }: Step) => [t !== 3, false] }),
  ],
  [
    'masks by chance',
    'mask',
    'episode 0, step 0: mask[0]: true, then mask[0]: false',
    () => {
      let odd = false
      return line_({ actionMask: () => [(odd = !odd), true] })
    },
  ],
  [
    'steps by chance',
    'step',
    /^episode 0, step 0, action [01]: step\[1\].x: 1, then step\[1\].x: 2$/,
    () => {
      let x = 0
      return line_({
        step: () => (state: Step) => [
          { reward: 0, terminated: state.t === 9, truncated: false },
          { x: (x = (x % 9) + 1), t: state.t + 1 },
        ],
      })
    },
  ],
  [
    'counts how often it was asked for a step, not how often it took one',
    'step',
    /^episode 0, step 0, action [01]: step\[0\].reward: 0, then step\[0\].reward: 1$/,
    () => {
      let calls = -1
      return line_({
        step: (action: 0 | 1, k: ReturnType<typeof key>) => {
          const reward = (calls += 1)
          return (state: Step) => {
            const [outcome, next] = line.step(action, k)(state)
            return [{ ...outcome, reward }, next]
          }
        },
      })
    },
  ],
  [
    'throws in a step',
    'step',
    /^episode 0, step 2, action [01]: threw TypeError: boom$/,
    () => after(({ t }) => (t === 3 ? boom() : { reward: 0, terminated: false, truncated: false })),
  ],
  [
    'throws what is no error',
    'step',
    /^episode 0, step 0, action [01]: threw "stop"$/,
    () =>
      line_({
        step: () => {
          // oxlint-disable-next-line typescript/only-throw-error
          throw 'stop'
        },
      }),
  ],
  [
    'takes the state with the action',
    'step',
    /: expected a function of the state, got an array of 2$/,
    () => line_({ step: () => [{}, {}] }),
  ],
  [
    'brings no state',
    'step',
    /: expected \[outcome, state\], got an object$/,
    () => line_({ step: () => () => ({}) }),
  ],
  ['brings no outcome', 'step', /: expected an outcome, got 1$/, () => after(() => 1)],
  [
    'writes into its state',
    'untouched',
    /^episode 0, step 0, action [01], step: state.x: [\d.]+, then state.x: /,
    () =>
      line_({
        step: () => (state: Step) => {
          state.x += 1
          state.t += 1
          return [{ reward: 0, terminated: state.t === 10, truncated: false }, state]
        },
      }),
  ],
  [
    'writes into one state that it hands out again and again',
    'untouched',
    /^episode 0, step 1, action [01], step: state.t: 1, then state.t: 2$/,
    () => {
      const scratch = { x: 0, t: 0 }
      return line_({
        step: () => (state: Step) => {
          scratch.t = state.t + 1
          return [{ reward: 0, terminated: state.t === 9, truncated: false }, scratch]
        },
      })
    },
  ],
  [
    'shows itself in one array',
    'untouched',
    /^episode 0, step 0, action [01], observe: the observation before\[0\]: [\d.]+, then .*\[0\]: -?[\d.]+$/,
    () => {
      const screen = [0, 0]
      return line_({
        observe: ({ x, t }: Step) => {
          screen[0] = x
          screen[1] = t
          return screen
        },
      })
    },
  ],
  [
    'tells every outcome in one object',
    'untouched',
    /^episode 0, step 1, action [01], step: the outcome before.reward: 0, then .*: 1$/,
    () => {
      const outcome = { reward: 0, terminated: false, truncated: false }
      return after(({ t }) => {
        outcome.reward = t - 1
        outcome.terminated = t === 10
        return outcome
      })
    },
  ],
  [
    'keeps its mask in one array',
    'untouched',
    'episode 0, step 1, mask: the mask before[0]: true, then the mask before[0]: false',
    () => {
      const mask = [true, true]
      return line_({
        actionMask: ({ t }: Step) => {
          mask[0] = t === 0
          return mask
        },
      })
    },
  ],
  [
    'changes, asked again, what it said before',
    'untouched',
    'episode 0, init, observe, asked again: observe[0]: 1, then observe[0]: 2',
    () => {
      const screen = [0, 0]
      return line_({
        observe: () => {
          screen[0]! += 1
          return screen
        },
      })
    },
  ],
  [
    'writes into its state when it is looked at',
    'untouched',
    'episode 0, init, observe: state.t: 0, then state.t: 1',
    () => line_({ observe: (state: Step) => [0, (state.t += 1)] }),
  ],
  [
    'writes into a state when its mask is asked for',
    'untouched',
    /^episode 0, step 0, mask: state.x: [\d.]+, then state.x: 0$/,
    () =>
      line_({
        actionMask: (state: Step) => {
          state.x = 0
          return [true, true]
        },
      }),
  ],
  [
    'writes into its key',
    'untouched',
    /^episode 0, init, init: key.words\[0\]: \d+, then key.words\[0\]: 0$/,
    () =>
      line_({
        init: (k: { words: number[] }) => {
          k.words[0] = 0
          return { x: 0, t: 0 }
        },
      }),
  ],
  [
    'pays NaN',
    'reward',
    /^episode 0, step 4, action [01]: expected a finite number, got NaN$/,
    () => after((o) => ({ ...o, reward: o.t === 5 ? NaN : 0 })),
  ],
  [
    'pays in words',
    'reward',
    /: expected a finite number, got "1"$/,
    () => after((o) => ({ ...o, reward: '1' })),
  ],
  [
    'ends with 1',
    'ends',
    /: terminated: expected a boolean, got 0$/,
    () => after((o) => ({ ...o, terminated: o.t === 10 ? 1 : 0 })),
  ],
  [
    'does not say whether it was cut off',
    'ends',
    /: truncated: expected a boolean, got undefined$/,
    () => after(({ reward, terminated }) => ({ reward, terminated })),
  ],
  [
    'keeps what it drew at the start to itself',
    'replay',
    /^episode 0, step 0, side by side: outcome.reward: [\d.]+, then outcome.reward: [\d.]+$/,
    () => {
      let luck = 0
      return {
        ...line,
        init: (k) => {
          luck = item(uniform(k, ['draw'], [1], 'f64'))
          return line.init(k)
        },
        step: (action, k) => (state) => {
          const [outcome, next] = line.step(action, k)(state)
          return [{ ...outcome, reward: luck }, next]
        },
      }
    },
  ],
]

describe('an environment that breaks one law gets its name, and where', () => {
  test.each(bad)('it %s: %s', (_, law, problem, make) => {
    const report = checkEnv(make())
    expect(report.ok).toBe(false)
    expect(broken(report)).toEqual([law])
    if (typeof problem === 'string') expect(problemOf(report, law)).toBe(problem)
    else expect(problemOf(report, law)).toMatch(problem)
    expect(() => expectEnv(make())).toThrow(problemOf(report, law)!)
  })

  test('writing into an action, which is an array', () => {
    const vain: Environment<null, Box<1>> = {
      name: 'vain',
      observationSpace: box(1, [0], [0]),
      actionSpace: box(1, [1], [2]),
      init: () => null,
      step: (action) => () => {
        ;(action as number[])[0] = 0
        return [{ reward: 0, terminated: true, truncated: false }, null]
      },
      observe: () => [0],
    }
    const report = checkEnv(vain)
    expect(broken(report)).toEqual(['untouched'])
    expect(problemOf(report, 'untouched')).toMatch(
      /step: action\[0\]: 1\.\d+, then action\[0\]: 0$/,
    )
  })

  test('several, where one does not rest on the other', () => {
    const report = checkEnv(
      after((o) => ({ ...o, reward: Infinity, terminated: o.t === 10 ? 1 : 0 })),
    )
    expect(broken(report)).toEqual(['reward', 'ends'])
    expect(problemOf(report, 'replay')).toBe(null)
  })

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'expected a space, got undefined'],
    [
      'no kind',
      {},
      'kind: expected one of discrete, box, multiDiscrete, multiBinary, product, tuple, got undefined',
    ],
    [
      'bounds missing',
      { kind: 'box', size: 1 },
      'low: expected an array of numbers, got undefined',
    ],
    [
      'bounds in words',
      { kind: 'box', size: 1, low: ['0'], high: [1] },
      'low[0]: expected a number, got "0"',
    ],
    [
      'a size too many',
      { kind: 'box', size: 2, low: [0], high: [1] },
      'low: expected 2 numbers, got 1',
    ],
    [
      'no number inside',
      { kind: 'box', size: 1, low: [Infinity], high: [Infinity] },
      'low[0]: expected a finite number between it and high[0] = Infinity, got Infinity',
    ],
    [
      'no number inside, either',
      { kind: 'box', size: 1, low: [-Infinity], high: [-Infinity] },
      'low[0]: expected a finite number between it and high[0] = -Infinity, got -Infinity',
    ],
    ['bits by halves', { kind: 'multiBinary', n: 0.5 }, 'n: expected a whole number >= 1, got 0.5'],
    [
      'sizes of a hole',
      { kind: 'multiDiscrete', sizes: Object.assign([2], { 2: 2 }) },
      'sizes[1]: expected a number, got undefined',
    ],
    [
      'a product of null',
      { kind: 'product', spaces: null },
      'spaces: expected an object, got null',
    ],
    [
      'a product of nothing',
      { kind: 'product', spaces: {} },
      'spaces: expected at least one space, got none',
    ],
    [
      'a bad part',
      { kind: 'product', spaces: { a: discrete(2), b: { kind: 'product', spaces: { c: 1 } } } },
      'b: c: expected a space, got 1',
    ],
    [
      'a start between whole numbers',
      { kind: 'discrete', n: 2, start: 0.5 },
      'start: expected a whole number, got 0.5',
    ],
    [
      'too few starts',
      { kind: 'multiDiscrete', sizes: [2, 3], start: [1] },
      'start: expected 2 numbers, got 1',
    ],
    [
      'a tuple of null',
      { kind: 'tuple', spaces: null },
      'spaces: expected an array of spaces, got null',
    ],
    [
      'a bad part of a tuple',
      { kind: 'tuple', spaces: [discrete(2), 1] },
      'entry 1: expected a space, got 1',
    ],
  ])('a space with %s', (_, actionSpace, problem) => {
    const report = checkEnv(line_({ actionSpace }))
    expect(broken(report)).toEqual(['spaces'])
    expect(problemOf(report, 'spaces')).toBe(`actionSpace: ${problem}`)
  })

  test.each([
    ['cannot be read', new Proxy({}, { get: boom })],
    ['is a word', 'world'],
    ['is nothing', undefined],
  ])('an environment that %s', (_, world) => {
    const report = checkEnv(world as unknown as World)
    expect(broken(report)).toEqual(['parts'])
    expect(report.environment).toBe('the environment')
    expect(report.laws.filter(({ ok }) => ok !== null).map(({ id }) => id)).toEqual(['parts'])
  })
})

describe('notes are not faults', () => {
  test('an endless environment wants a time limit, one step short or not', () => {
    expect(problemOf(checkEnv(line, { steps: 9 }), 'limit')).toBe(
      'episode 0: not over after 9 steps: it needs a time limit',
    )
    expect(problemOf(checkEnv(line, { steps: 10 }), 'limit')).toBe(null)
    expect(checkEnv(line, { steps: 9 }).ok).toBe(true)
  })

  test('an environment without chance', () => {
    const report = checkEnv(corridor)
    expect(problemOf(report, 'chance')).toBe('init and first step: 16 keys gave the same result')
    const shaken: Environment<0 | 1, Discrete<2>> = {
      ...corridor,
      step: (_, k) => (state) => [
        { reward: item(uniform(k, ['draw'], [1])), terminated: state === 1, truncated: false },
        1,
      ],
    }
    expect(noted(checkEnv(shaken))).toEqual([])
  })

  test.each<[string, () => unknown, RegExp]>([
    ['with a function in them', () => ({ x: 0, t: 0, f: () => 0 }), /could not be cloned/],
    [
      'of a class',
      () => Object.assign(new Counter(), { x: 0, t: 0 }),
      /a clone differs: state: Counter, then /,
    ],
    [
      'known by their identity',
      () => START,
      /the step from a clone differs: step\[0\].reward: 1, then .*: 0$/,
    ],
  ])('states %s', (_, init, problem) => {
    const world = line_({
      init,
      step: () => (state: Step) => [
        { reward: state === START ? 1 : 0, terminated: true, truncated: false },
        state,
      ],
    })
    const report = checkEnv(world)
    expect(report.ok).toBe(true)
    expect(noted(report)).toContain('plain')
    expect(problemOf(report, 'plain')).toMatch(problem)
  })

  test('typed arrays, maps and dates are plain', () => {
    const world = line_({
      init: (k: ReturnType<typeof key>) => ({
        ...line.init(k),
        cells: Float32Array.of(1, -0, NaN),
        seen: new Map([['a', new Set([1])]]),
        day: new Date(0),
        bytes: new DataView(new ArrayBuffer(2)),
      }),
      step: (action: 0 | 1, k: ReturnType<typeof key>) => (state: Step) => {
        const [outcome, next] = line.step(action, k)(state)
        return [outcome, { ...state, ...next }]
      },
    })
    const report = checkEnv(world)
    expect([broken(report), noted(report)]).toEqual([[], []])
  })
})

class Counter {
  readonly n = 0
}
const START: Step = { x: 0, t: 0 }

describe('a report', () => {
  test('is plain data, the same for the same key', () => {
    const report = checkEnv(dice, { key: key(4) })
    expect(structuredClone(report)).toEqual(report)
    expect(checkEnv(dice, { key: key(4) })).toEqual(report)
    expect(report.environment).toBe('dice')
  })

  test('is read line by line', () => {
    const world = line_({ ...after((o) => ({ ...o, reward: NaN })), name: 'pit' })
    expect(describeReport(checkEnv(world)).split('\n')).toEqual([
      'pit breaks the laws of an environment:',
      '  ✓ it has the parts of an environment',
      '  ✓ its spaces are well formed',
      '  ✓ init is a function of its key',
      '  ✓ observe is a function of the state',
      '  ✓ observations are finite numbers within observationSpace',
      '  ✓ actionMask is a function of the state, and allows at least one choice',
      '  ✓ step is a function of action, key and state',
      '  ✓ no argument is modified',
      '  ✗ rewards are finite numbers',
      expect.stringMatching(
        /^ {6}episode 0, step 0, action [01]: expected a finite number, got NaN$/,
      ),
      '  ✓ terminated and truncated are booleans',
      '  – the same keys give the same episode, whatever else is played',
      '  ✓ states are plain data that threads and files can hold',
      '  – keys make a difference',
      '  ✓ episodes end',
    ])
    expect(describeReport(checkEnv(pension, { steps: 3 }))).toContain(
      '  · episodes end\n      episode 0: not over after 3 steps',
    )
    expect(describeReport(checkEnv(line)).split('\n')[0]).toBe(
      'line keeps the laws of an environment:',
    )
  })

  test('in a test is the error', () => {
    const world = after((o) => ({ ...o, reward: NaN }))
    expect(() => expectEnv(world)).toThrow(new Error(describeReport(checkEnv(world))))
    expect(expectEnv(line)).toBe(undefined)
  })

  test.each([0, 1.5, NaN])('%s is not a number of episodes or steps', (n) => {
    const expected = `expected a whole number >= 1, got ${n}`
    expect(() => checkEnv(line, { episodes: n })).toThrow(new RangeError(`episodes: ${expected}`))
    expect(() => checkEnv(line, { steps: n })).toThrow(new RangeError(`steps: ${expected}`))
  })

  test('plays the requested number of episodes and steps', () => {
    const lived = (episodes: number, steps: number): number => {
      const states = new Set<string>()
      const counting = {
        ...line,
        actionMask: (state: Step) => {
          states.add(JSON.stringify(state))
          return [true, true]
        },
      }
      checkEnv(counting, { episodes, steps })
      return states.size
    }
    // One state more than steps: the start of the looks for chance.
    expect([lived(1, 1), lived(1, 4), lived(3, 4), lived(2, 100)]).toEqual([2, 5, 13, 21])
  })
})

test('multi-discrete masks are looked at group by group', () => {
  const world = walk(multiDiscrete([2, 2]), () => [true, true, false, false])
  expect(problemOf(checkEnv(world), 'mask')).toBe(
    'episode 0, step 0: entries 2 to 3: expected an allowed choice, got none',
  )
})
