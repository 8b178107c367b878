import * as E from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, test } from 'vitest'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { init, parts } from '../../src/algo/ppo/iterate.ts'
import { environmentOf } from '../../src/env/environments.ts'
import { box, cartPole, discrete, type Discrete, type Environment } from '../../src/env/index.ts'
import { decodeCertificate, encodeCertificate } from '../../src/run/certificate.ts'
import type { Certificate } from '../../src/run/certificate.ts'
import { firstLink, learnerHash, nextLink } from '../../src/run/hash.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { wholeRun } from '../../src/run/segments.ts'
import { recordEpisodes } from '../../src/run/episode/recordEpisodes.ts'
import { replayEpisode } from '../../src/run/episode/replayEpisode.ts'
import { certify, describeDifference, verify, verifyWith } from '../../src/run/verify.ts'
import { js } from '../../src/kernel/js/js.ts'
import { key } from '../../src/random/index.ts'
import { small } from '../support/runs.ts'

const config: RunConfig = {
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  settings: small,
  past: [],
}
const UPDATES = 5
const other = '0'.repeat(64)

const drained = <Y, A>(going: Generator<Y, A, undefined>): readonly [readonly Y[], A] => {
  const seen: Y[] = []
  for (;;) {
    const { done, value } = going.next()
    if (done === true) return [seen, value]
    seen.push(value)
  }
}

let certificate: Certificate
beforeAll(() => {
  ;[, certificate] = drained(certify(config, { kernels: 'js' }))
})

const verdict = (changes: Partial<Certificate>, how: Parameters<typeof verify>[1] = {}) =>
  drained(verify({ ...certificate, ...changes }, how))[1]

const ppoWith = (changes: Partial<PpoConfig>) => ({
  config: { ...config, settings: { ...small, ...changes } },
})

describe('a course', () => {
  test('is the first state, and the one after each update with what it measured', () => {
    const states = [...wholeRun(config, (ppo: PpoConfig) => parts(ppo, cartPole))]
    expect(states.map(([metrics, { update }]) => [metrics?.update ?? null, update])).toEqual([
      [null, 0],
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
    ])
  })
})

describe('a certificate that was made', () => {
  test('holds the chain of its course and the hash of the end', () => {
    let link = ''
    let hash = ''
    const chain: string[] = []
    for (const [metrics, { learner }] of wholeRun(config, (ppo: PpoConfig) =>
      parts(ppo, cartPole, js.f32),
    )) {
      link = metrics === null ? firstLink(learner) : nextLink(link, metrics, learner)
      hash = learnerHash(learner)
      chain.push(link)
    }
    expect(certificate.chain).toEqual(chain)
    expect(certificate.chain).toHaveLength(1 + UPDATES)
    expect(certificate.hash).toBe(hash)
    expect(certificate.config).toBe(config)
    expect(certificate.fingerprint.kernels).toBe('js')
  })

  test('is the same with any backend, except for the backend’s name', () => {
    const [told, { fingerprint, ...rest }] = drained(certify(config, { kernels: 'wasm' }))
    const { fingerprint: before, ...expected } = certificate
    expect(rest).toEqual(expected)
    expect(fingerprint).toEqual({ ...before, kernels: 'wasm' })
    expect(told).toEqual([0, 1, 2, 3, 4, 5].map((update) => ({ update, of: UPDATES })))
  })
})

describe('verifying', () => {
  test.each(['js', 'wasm', 'auto'] as const)('what is true, by %s', (kernels) => {
    const [told, result] = drained(verify(certificate, { kernels }))
    expect(result).toEqual(E.right({ updates: UPDATES, hash: certificate.hash }))
    expect(told).toEqual([0, 1, 2, 3, 4].map((update) => ({ update, of: UPDATES })))
  })

  test.each([0, 1, 3, UPDATES])('tells that link %i is another', (at) => {
    const chain = certificate.chain.map((link, i) => (i === at ? other : link))
    const [told, result] = drained(verify({ ...certificate, chain }))
    expect(result).toEqual(
      E.left({
        kind: 'update',
        update: at,
        after: at - 1,
        expected: other,
        got: certificate.chain[at],
        sameArithmetic: true,
      }),
    )
    expect(told).toHaveLength(at)
  })

  test('tells that the end is another', () => {
    expect(verdict({ hash: other })).toEqual(
      E.left({
        kind: 'update',
        update: UPDATES,
        after: UPDATES - 1,
        expected: other,
        got: certificate.hash,
        sameArithmetic: true,
      }),
    )
  })

  test.each<readonly [string, Partial<Certificate>, number]>([
    ['the seed', { config: { ...config, seed: 4 } }, 0],
    ['γ', ppoWith({ gamma: 0.98 }), 1],
    ['the length of the run, by which the rate falls', ppoWith({ totalSteps: 6 * 48 }), 2],
    ['the environment', { config: { ...config, env: 'acrobot' } }, 0],
  ])('tells that %s is another', (_, changes, update) => {
    expect(verdict(changes)).toMatchObject(E.left({ update }))
  })

  test('a run that was ended early is true as far as it goes', () => {
    const chain = certificate.chain.slice(0, 3)
    const { hash } = drained(certify({ ...config, settings: { ...small, totalSteps: 2 * 48 } }))[1]
    // The rate of a shorter run falls faster, so that its end is another.
    expect(verdict({ chain, hash })).toMatchObject(E.left({ update: 2, expected: hash }))
    const states = [...wholeRun(config, (ppo: PpoConfig) => parts(ppo, cartPole))]
    const ends = states.map(([, { learner }]) => learnerHash(learner))
    expect(verdict({ chain, hash: ends[2]! })).toEqual(E.right({ updates: 2, hash: ends[2] }))
    expect(verdict({ chain: chain.slice(0, 1), hash: ends[0]! })).toEqual(
      E.right({ updates: 0, hash: ends[0] }),
    )
  })

  test('a chain longer than its run, and one without a start, are not true', () => {
    expect(verdict({ chain: [...certificate.chain, other] })).toMatchObject(
      E.left({ update: 6, expected: other, got: 'the end of the run, after update 5' }),
    )
    expect(verdict({ chain: [] })).toMatchObject(E.left({ update: 0 }))
  })

  test('a fault of the environment is a difference, and where', () => {
    const real = environmentOf('cartpole')
    let steps = 0
    const broken: Environment<unknown> = {
      ...real,
      step: (action, key) => (state) => {
        // 3 environments and 16 steps an update
        const [result, next] = real.step(action, key)(state)
        return [++steps > 2 * 48 ? { ...result, reward: NaN } : result, next]
      },
    }
    const result = verdict({}, { env: broken, kernels: 'js' })
    expect(result).toMatchObject(E.left({ update: 3, expected: certificate.chain[3] }))
    expect(E.isLeft(result) && result.left.got).toContain('reward')
  })

  describe('with only some of the links', () => {
    const every = (k: number) => ({
      chain: certificate.chain.filter((_, i) => i % k === 0 || i === UPDATES),
      thinned: { every: k, updates: UPDATES },
    })

    test.each([2, 3, 5, 7])('one in %i: a true run is true', (k) => {
      expect(verdict(every(k))).toEqual(E.right({ updates: UPDATES, hash: certificate.hash }))
    })

    test('a wrong one says between which updates the difference is', () => {
      const { chain, thinned } = every(2)
      const forged = { chain: chain.with(2, other), thinned }
      expect(verdict(forged)).toMatchObject(E.left({ update: 4, after: 2, expected: other }))
      expect(verdict({ ...forged, chain: chain.with(3, other) })).toMatchObject(
        E.left({ update: 5, after: 4 }),
      )
      expect(verdict({ ...forged, chain: chain.with(0, other) })).toMatchObject(
        E.left({ update: 0, after: -1 }),
      )
    })

    test('another run differs within the first links that are not its own', () => {
      const result = verdict({ ...every(3), ...ppoWith({ learningRate: 0.01 }) })
      expect(result).toMatchObject(E.left({ update: 3, after: 0 }))
    })
  })

  test('an error from outside the run is thrown', () => {
    const real = parts(small, cartPole, 'js')
    const failing = {
      ...real,
      update: () => {
        throw new TypeError('mine')
      },
    }
    expect(() => drained(verifyWith(certificate, () => failing))).toThrow('mine')
  })

  test('different arithmetic is reported, unless it is not known', () => {
    const elsewhere = { ...certificate.fingerprint, probe: other }
    expect(verdict({ hash: other, fingerprint: elsewhere })).toMatchObject(
      E.left({ sameArithmetic: false }),
    )
    const { fingerprint: _, ...claim } = { ...certificate, hash: other }
    expect(drained(verifyWith(claim, (ppo: PpoConfig) => parts(ppo, cartPole)))[1]).toMatchObject(
      E.left({ sameArithmetic: null }),
    )
  })

  test('a probe that differs alone is no difference: what counts is the run', () => {
    const elsewhere = { ...certificate.fingerprint, engine: 'another', probe: other }
    expect(E.isRight(verdict({ fingerprint: elsewhere }))).toBe(true)
  })
})

interface Walk {
  readonly place: number
  readonly steps: number
}

const walk: Environment<Walk, Discrete<2>> = {
  name: 'walk',
  observationSpace: box(1, [-3], [3]),
  actionSpace: discrete(2),
  init: () => ({ place: 0, steps: 0 }),
  step: (action) => (state) => {
    const place = state.place + (action === 1 ? 1 : -1)
    const steps = state.steps + 1
    const terminated = Math.abs(place) === 3
    return [
      { reward: place === 3 ? 1 : 0, terminated, truncated: steps === 20 },
      { place, steps },
    ]
  },
  observe: ({ place }) => [place],
}

describe('an environment that the verifier supplies', () => {
  const own: RunConfig = { ...config, env: 'walk' }
  // Neither call needs a cast, whatever the types of its states and actions.
  const made = drained(certify(own, { env: walk, kernels: 'js' }))[1]
  const read = decodeCertificate(encodeCertificate(made))
  const verified = (env?: Environment<Walk, Discrete<2>>, given: RunConfig = own) =>
    E.map(
      (it: Certificate) =>
        drained(verify({ ...it, config: given }, env === undefined ? {} : { env }))[1],
    )(read)

  test('is verified by a certificate that went through bytes', () => {
    expect(verified(walk)).toEqual(E.right(E.right({ updates: UPDATES, hash: made.hash })))
  })

  test('has to be there: Left says which one is missing', () => {
    const wrong = { kind: 'environment', expected: 'walk', got: null } as const
    expect(verified()).toEqual(E.right(E.left(wrong)))
    expect(describeDifference(wrong)).toContain('expected the environment "walk"')
  })

  test('has to have the name in the certificate', () => {
    const wrong = { kind: 'environment', expected: 'walk', got: 'run' } as const
    expect(verified({ ...walk, name: 'run' })).toEqual(E.right(E.left(wrong)))
    expect(describeDifference(wrong)).toContain(
      'expected the environment "walk" of this run, got "run"',
    )
  })

  test('is asked for where a module was recorded, also under the name of a built-in one', () => {
    const given: RunConfig = { ...own, env: 'cartpole', module: { sha256: other } }
    expect(verified(undefined, given)).toEqual(
      E.right(E.left({ kind: 'environment', expected: 'cartpole', got: null })),
    )
  })

  test('that behaves otherwise is a difference, at the first update that shows it', () => {
    const mirrored: typeof walk = { ...walk, observe: ({ place }) => [-place] }
    expect(verified(mirrored)).toMatchObject(E.right(E.left({ kind: 'update', update: 1 })))
  })

  test('certify throws where the config names another, or what no certificate can hold', () => {
    expect(() => drained(certify(config, { env: walk }))).toThrow(
      'expected the environment "cartpole" of this run, got "walk"',
    )
    expect(() => drained(certify(own))).toThrow('got none')
    const env = { ...walk, name: 'a\nb' }
    expect(() => drained(certify({ ...own, env: env.name }, { env }))).toThrow(
      'config.env: expected a name of 1 to 100 printable characters',
    )
  })

  test('an action log replays only in the environment that it names', () => {
    const learning = parts(small, walk)
    const { learner } = init(learning)(key(1))
    const log = recordEpisodes(walk, learning.policy, learner, {
      key: key(2),
      episodes: [0],
      act: 'sample',
    })
    const lived = (env: typeof walk) => drained(replayEpisode(env, log, log.episodes[0]!))[1]
    expect(lived(walk)).toEqual(E.right(undefined))
    expect(lived({ ...walk, name: 'run' })).toEqual(
      E.left({ step: 0, problem: 'expected the environment "walk", got "run"' }),
    )
  })
})

describe('a difference says', () => {
  const difference = { kind: 'update', update: 4, after: 3, expected: 'a', got: 'b' } as const
  const where = 'differs first at update 4: expected a, got b'

  test('between which updates it is, where not every link was there to compare', () => {
    expect(
      describeDifference({ ...difference, update: 200, after: 100, sameArithmetic: null }),
    ).toBe('differs first at one of the updates 101 to 200: expected a, got b')
  })

  test('says where it is, and what may be at fault', () => {
    expect(describeDifference({ ...difference, sameArithmetic: null })).toBe(where)
    expect(describeDifference({ ...difference, sameArithmetic: true })).toContain(
      `${where}; the arithmetic here matches the certificate`,
    )
    expect(describeDifference({ ...difference, sameArithmetic: false })).toContain(
      `${where}; the arithmetic here does not match the certificate`,
    )
  })
})
