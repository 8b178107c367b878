import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { updatesOf } from '../../src/algo/configFields.ts'
import { builtIns, type BuiltInName } from '../../src/builtin/index.ts'
import { decodeLink, encodeLink, runOf, type PpoRun } from '../../src/demo/link/link.ts'
import { nearestNumber } from '../../src/demo/link/nearest.ts'
import { linkProblemText } from '../../src/demo/shell/linkProblem.ts'
import { hashOf, routeOf } from '../../src/demo/route.ts'
import { version } from '../../src/run/version.ts'

const names = Object.keys(builtIns) as readonly BuiltInName[]

/** Settings that differ from a preset's in fields of every kind: numbers, words, lists, null. */
const changes = fc.record(
  {
    clip: fc.double({ min: 0.01, max: 1, noNaN: true }),
    gamma: fc.double({ min: 0, max: 1, noNaN: true }),
    epochs: fc.integer({ min: 1, max: 20 }),
    learningRateSchedule: fc.constantFrom('constant' as const, 'linear' as const),
    hidden: fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 3 }),
    huber: fc.option(fc.double({ min: 0.1, max: 5, noNaN: true })),
    recomputeAdvantages: fc.boolean(),
  },
  { requiredKeys: [] },
)

/** What may change in the middle of a run. */
const later = fc.record(
  { clip: fc.double({ min: 0.01, max: 1, noNaN: true }), epochs: fc.integer({ min: 1, max: 20 }) },
  { requiredKeys: ['clip'] },
)

const runs = fc
  .tuple(
    fc.constantFrom(...names),
    fc.integer({ min: 0, max: 4_294_967_295 }),
    changes,
    fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 8 }), later), {
      maxLength: 3,
      selector: ([at]) => at,
    }),
  )
  .map(([env, seed, change, forks]): PpoRun => {
    let settings = { ...builtIns[env].preset, ...change }
    const past: PpoRun['past'][number][] = []
    for (const [until, more] of forks.toSorted(([a], [b]) => a - b)) {
      past.push({ until, settings })
      settings = Object.assign({}, settings, more)
    }
    return { ...runOf(env, seed, settings), past }
  })

const hashes = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))

describe('a link', () => {
  test.prop([runs, fc.option(hashes)])(
    'holds a run whole: environment, seed, settings, forks and hash',
    (run, link) => {
      const claim = link === null ? null : { update: updatesOf(run.settings), link }
      expect(decodeLink(encodeLink(run, claim))).toEqual({ config: run, claim, problems: [] })
    },
  )

  test('names only what differs from the preset', () => {
    const run = runOf('pendulum', 7, { ...builtIns.pendulum.preset, clip: 0.1 })
    expect(encodeLink(run, null)).toBe(`env=pendulum&seed=7&set=clip:0.1&version=${version}`)
    expect(decodeLink('').config).toEqual(runOf('cartpole', 1, builtIns.cartpole.preset))
  })

  test.prop([fc.string({ maxLength: 200 })])(
    'of any text is some run, and never an error',
    (text) => {
      const { config } = decodeLink(text)
      expect(names).toContain(config.env)
      expect(updatesOf(config.settings)).toBeGreaterThanOrEqual(1)
    },
  )

  test.prop([
    fc.constantFrom('clip', 'gamma', 'epochs', 'shards', 'hidden', 'adam.epsilon', 'nothing'),
    fc.oneof(fc.double(), fc.integer(), fc.string({ maxLength: 9 })),
  ])('whose setting cannot be means one that can, and says so', (path, value) => {
    const { config, problems } = decodeLink(`set=${path}:${encodeURIComponent(String(value))}`)
    expect(decodeLink(encodeLink(config, null))).toEqual({ config, claim: null, problems: [] })
    for (const problem of problems)
      expect(linkProblemText('en', problem)).toMatch(/The page took|left out/)
  })
})

describe('a broken link', () => {
  test.each([
    ['env=cartpol', 'There is no environment “cartpol” here; the page took cartpole.'],
    ['env=chess', 'There is no environment “chess” here; the page took cartpole.'],
    ['seed=-4', 'A seed is a whole number from 0 to 4294967295, not “-4”; the page took 0.'],
    ['set=gamma:1.7', 'gamma: expected a number from 0 to 1, got 1.7. The page took 1.'],
    ['set=clip:-1', 'clip: expected a number > 0, got -1. The page took 0.2.'],
    ['set=epochs:2.4', 'epochs: expected a whole number >= 1, got 2.4. The page took 2.'],
    [
      'set=clup:1',
      'clup: expected a field of the config, got "clup": did you mean clip?. The setting is left out.',
    ],
    [
      'version=0.0.1',
      `The link was made by version 0.0.1, this is ${version}: the hash may differ.`,
    ],
    [
      'at=3&hash=abc',
      '“at=3&hash=abc” is no update of this run with its hash; there is nothing to compare with.',
    ],
    [
      'fork=x;clip:1',
      'The change “x;clip:1” is left out: expected an update, as in fork=20;clip:0.1.',
    ],
  ])('%s says so and offers the nearest valid setting', (query, text) => {
    const { config, problems } = decodeLink(query)
    expect(problems.map((problem) => linkProblemText('en', problem))).toEqual([text])
    expect(linkProblemText('zh', problems[0]!)).not.toBe(text)
    expect(decodeLink(encodeLink(config, null)).problems).toEqual([])
  })

  test('with fields that do not fit together keeps those that do', () => {
    const { config, problems } = decodeLink('set=minibatches:7&set=clip:0.3')
    expect(config.settings).toEqual({ ...builtIns.cartpole.preset, clip: 0.3 })
    expect(problems).toMatchObject([{ kind: 'setting', path: 'minibatches', instead: '8' }])
  })
})

describe('the nearest number', () => {
  test.prop([
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.double({ min: -10, max: 0, noNaN: true }),
    fc.double({ min: 1, max: 10, noNaN: true }),
  ])('lies in the range, and is no farther than the right one', (wrong, low, high) => {
    const right = (low + high) / 2
    const accepts = (x: number): boolean => x >= low && x <= high
    fc.pre(!accepts(wrong))
    const found = nearestNumber(wrong, right, accepts)
    expect(accepts(found)).toBe(true)
    expect(Math.abs(found - wrong)).toBeLessThanOrEqual(Math.abs(right - wrong))
  })
})

test.prop([fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z]=[a-z:.?]{0,8}$/)])(
  'a route is its hash',
  (view, query) => {
    expect(routeOf(hashOf({ view, query }))).toEqual({ view, query })
    expect(routeOf(hashOf({ view, query: '' }))).toEqual({ view, query: '' })
  },
)
