import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { algorithmNames, algorithms, MEASURED } from '../../src/algo/algorithm.ts'
import { estimate } from '../../src/algo/ppo/estimate/estimate.ts'
import { cartPole } from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { metricsCsv } from '../../src/report/metricsCsv.ts'
import { reportHtml } from '../../src/report/report.ts'
import { tensorboardEvents } from '../../src/report/tensorboard.ts'
import { decodeCertificate, encodeCertificate } from '../../src/run/certificate.ts'
import { encodeCheckpoint, openCheckpoint } from '../../src/run/checkpoint.ts'
import { decodeRunConfig, encodeJson, type RunConfig } from '../../src/run/config.ts'
import { firstLink, isSameMetrics, nextLink } from '../../src/run/hash.ts'
import { decodeMetrics, encodeMetrics } from '../../src/run/metrics.ts'
import { isOptimOf, optimTensors } from '../../src/run/optimState.ts'
import { resume } from '../../src/run/resume.ts'
import { certify, verify } from '../../src/run/verify.ts'
import { version } from '../../src/run/version.ts'
import { expectSameBits } from '../law/purity.ts'
import { smallOf } from '../support/runs.ts'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(JSON.stringify(either.left))
  return either.right
}

const drained = <A>(steps: Generator<unknown, A, undefined>): A => {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

describe.each(algorithmNames)('%s', (name) => {
  const algorithm = algorithms[name]
  const settings = smallOf[name]
  const parts = algorithm.parts(settings, cartPole)
  const start = algorithm.init(parts, key(3))
  const updates = [...algorithm.train(settings, parts, start)]
  const metrics = updates.map(([metrics]) => metrics)
  const config: RunConfig = {
    format: 'proximal run 2',
    version,
    algorithm: name,
    env: 'cartpole',
    seed: 3,
    preset: 'cartpole',
    kernels: 'wasm',
    settings,
    past: [],
  }

  test('goes on from a checkpoint after any update to the same bits', () => {
    for (const [i, state] of [start, ...updates.map(([, state]) => state)].entries()) {
      const bytes = right(
        encodeCheckpoint({ algorithm: name, config: settings, state, link: null, about: {} }),
      )
      const stored = right(openCheckpoint(bytes))
      expect(stored).toMatchObject({ algorithm: name, update: i, config: settings })
      const resumed = right(resume(algorithm.parts(settings, cartPole, 'js'))(stored))
      expectSameBits(resumed, state)
      expectSameBits([...algorithm.train(settings, parts, resumed)], updates.slice(i))
    }
  })

  test('refuses the checkpoint of another algorithm', () => {
    const other = algorithmNames.find((one) => one !== name)!
    const others = algorithms[other].parts(smallOf[other], cartPole)
    const bytes = right(
      encodeCheckpoint({ algorithm: name, config: settings, state: start, link: null, about: {} }),
    )
    expect(resume(others)(right(openCheckpoint(bytes)))).toEqual(
      E.left(`expected a checkpoint of the parts' algorithm, got one of ${name}`),
    )
  })

  test('has a certificate, which is verified to the bit and refused where it is forged', () => {
    const certificate = drained(certify(config))
    expect(certificate.chain).toHaveLength(6)
    expect(decodeCertificate(encodeCertificate(certificate))).toEqual(E.right(certificate))
    expect(drained(verify(certificate, { kernels: 'js' }))).toEqual(
      E.right({ updates: 5, hash: certificate.hash }),
    )
    const forged = { ...config, settings: { ...settings, gamma: 0.5 } } as RunConfig
    expect(drained(verify({ ...certificate, config: forged }))).toMatchObject({
      left: { kind: 'update', update: 1 },
    })
  })

  test('has a config that is read back, and refused with what is wrong in it', () => {
    const read = (json: object) => decodeRunConfig(new TextEncoder().encode(JSON.stringify(json)))
    expect(decodeRunConfig(new TextEncoder().encode(encodeJson(config)))).toEqual(E.right(config))
    expect(read({ ...config, settings: { ...settings, gamma: 2 } })).toEqual(
      E.left('settings.gamma: expected a number from 0 to 1, got 2'),
    )
    expect(read({ ...config, past: [{ until: 1, settings: {} }] })).toMatchObject({
      left: expect.stringContaining('past[0].settings.gamma: expected'),
    })
  })

  test('has metrics that are read back, of which each changes the hash chain', () => {
    const [first] = metrics
    expect(decodeMetrics(metrics.map(encodeMetrics).join(''), name)).toEqual(E.right(metrics))
    const link = (changed: object) =>
      nextLink(firstLink(start.learner), { ...first!, ...changed }, start.learner)
    for (const measured of algorithm.measured) {
      expect(first![measured]).toBeTypeOf('number')
      expect(link({ [measured]: 12.5 })).not.toBe(link({}))
      expect(isSameMetrics(first!, { ...first!, [measured]: 12.5 })).toBe(false)
      const { [measured]: _, ...lacking } = first!
      expect(decodeMetrics(`${JSON.stringify(lacking)}\n`, name)).toMatchObject({
        left: expect.stringContaining(`line 1: ${measured}: expected a number`),
      })
    }
    expect(MEASURED.filter((one) => one in first!).toSorted()).toEqual(
      algorithm.measured.toSorted(),
    )
  })

  test('has tables, events and a report of what it measures', () => {
    const [header, row] = metricsCsv(metrics, name).split('\r\n')
    expect(header!.split(',').slice(5)).toEqual(algorithm.measured)
    expect(row!.split(',').slice(5)).toEqual(
      algorithm.measured.map((one) => String(metrics[0]![one])),
    )
    const events = new TextDecoder().decode(tensorboardEvents(metrics, { wallTime: 0 }))
    expect(events.includes('losses/approx_kl')).toBe(name === 'ppo')
    expect(events.includes('losses/step_fraction')).toBe(name === 'trpo')
    const html = reportHtml({ config, record: { hash: null }, metrics })
    expect(html).toContain(`${name}, preset cartpole`)
    expect(html.match(/<figure/g)).toHaveLength(2 + algorithm.measured.length)
  })

  test('is estimated by PPO with as many passes over networks of the same size', () => {
    const { envs, steps } = settings
    const {
      flop,
      seconds,
      steps: done,
    } = estimate(algorithm.costsLike(settings), cartPole, {
      updates: 5,
    })
    expect(done).toBe(5 * envs * steps)
    expect(Number.isFinite(flop) && flop > 0 && seconds > 0).toBe(true)
  })
})

test('an optimiser that no algorithm has is named', () => {
  expect(isOptimOf('adam', [{ norm: 1 }])).toBe(false)
  expect(isOptimOf('adam', [{ norm: 1 }, { count: 1 }])).toBe(false)
  expect(isOptimOf('adam', null)).toBe(false)
  expect(() => optimTensors([{ norm: 1 }, { momentum: 1 }])).toThrow(
    'optim[1]: expected the state of one of clip, adam, rmsProp, got one of momentum',
  )
})

test('a run folder from before there were algorithms is one of PPO', () => {
  const {
    settings,
    algorithm: _,
    ...rest
  } = {
    format: 'proximal run 1',
    version: '0.0.9',
    algorithm: 'ppo',
    env: 'cartpole',
    seed: 3,
    preset: 'cleanrl',
    kernels: 'js',
    settings: smallOf.ppo,
  }
  const past = [{ until: 2, ppo: settings }]
  const earlier = new TextEncoder().encode(JSON.stringify({ ...rest, ppo: settings, past }))
  expect(decodeRunConfig(earlier)).toEqual(
    E.right({
      ...rest,
      format: 'proximal run 2',
      algorithm: 'ppo',
      settings,
      past: [{ until: 2, settings }],
    }),
  )
})
