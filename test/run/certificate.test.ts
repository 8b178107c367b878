import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { updatesOf } from '../../src/algo/ppo/config.ts'
import {
  apart,
  certificateOf,
  decodeCertificate,
  encodeCertificate,
  type Certificate,
} from '../../src/run/certificate.ts'
import { fingerprint } from '../../src/run/fingerprint.ts'
import { expectPure } from '../law/purity.ts'
import { small } from '../support/runs.ts'

const link = (i: number): string => i.toString(16).padStart(64, '0')
const updates = updatesOf(small)

const certificate: Certificate = {
  format: 'proximal certificate 1',
  config: {
    format: 'proximal run 2',
    algorithm: 'ppo',
    version: '0.1.0',
    env: 'cartpole',
    seed: 3,
    preset: 'cleanrl',
    kernels: 'js',
    settings: small,
    past: [],
  },
  fingerprint: fingerprint('js'),
  hash: link(99),
  chain: Array.from({ length: updates + 1 }, (_, i) => link(i)),
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const problem = (value: unknown): string => {
  const decoded = decodeCertificate(bytes(JSON.stringify(value)))
  return E.isLeft(decoded) ? decoded.left : 'none'
}

const digits = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 64, maxLength: 64 })
const anyLink = digits.map((all) => all.map((x) => x.toString(16)).join(''))

describe('a certificate', () => {
  test.prop([
    fc.nat(),
    anyLink,
    fc.array(anyLink, { minLength: 1, maxLength: updates + 1 }),
    fc.string({ maxLength: 300 }),
  ])('is read back as it was written', (seed, hash, chain, engine) => {
    const some: Certificate = {
      ...certificate,
      config: { ...certificate.config, seed },
      fingerprint: { ...certificate.fingerprint, engine },
      hash,
      chain,
    }
    const written = expectPure(encodeCertificate, some)
    expect(expectPure(decodeCertificate, written)).toEqual(E.right(some))
  })

  test.prop([fc.nat({ max: encodeCertificate(certificate).length - 2 })])(
    'a part of one is none',
    (length) => {
      expect(E.isLeft(decodeCertificate(encodeCertificate(certificate).slice(0, length)))).toBe(
        true,
      )
    },
  )

  test.prop([fc.uint8Array({ maxLength: 200 })])('neither are bytes from anywhere', (some) => {
    expect(E.isLeft(decodeCertificate(some))).toBe(true)
  })

  test.prop([fc.json()])('nor other JSON', (text) => {
    expect(E.isLeft(decodeCertificate(bytes(text)))).toBe(true)
  })

  test('may be of a run that was ended early, even before its first update', () => {
    expect(problem({ ...certificate, chain: [link(0)] })).toBe('none')
    expect(problem({ ...certificate, chain: certificate.chain.slice(0, 3) })).toBe('none')
  })

  test('has a starting link and one an update, and no more', () => {
    expect(problem(certificate)).toBe('none')
    expect(problem({ ...certificate, chain: [...certificate.chain, link(7)] })).toBe(
      `chain: expected at most ${updates + 1} links, the starting one and one per update, got ${updates + 2}`,
    )
    expect(problem({ ...certificate, chain: [] })).toContain(
      'chain: expected a list of links of 64 hexadecimal digits, at least the starting one, got []',
    )
  })

  test.each<readonly [string, unknown, string]>([
    ['another format', { ...certificate, format: 'proximal run 1' }, 'format: expected'],
    ['an invalid link', { ...certificate, chain: [link(0), 'x'] }, 'chain: expected'],
    ['a hash in capitals', { ...certificate, hash: 'A'.repeat(64) }, 'hash: expected 64'],
    ['a field too many', { ...certificate, signature: 1 }, 'expected one of format, config'],
    ['no fingerprint', { ...certificate, fingerprint: undefined }, 'fingerprint: expected'],
    [
      'an invalid probe',
      { ...certificate, fingerprint: { ...certificate.fingerprint, probe: 1 } },
      'fingerprint.probe: expected 64',
    ],
    [
      'an invalid seed',
      { ...certificate, config: { ...certificate.config, seed: -1 } },
      'config: seed: expected a whole number >= 0, got -1',
    ],
    [
      'a config that cannot be',
      { ...certificate, config: { ...certificate.config, settings: { ...small, minibatches: 5 } } },
      'config: settings.minibatches: expected a divisor',
    ],
    ['a list', [certificate], 'expected a certificate'],
    ['null', null, 'expected a certificate'],
  ])('with %s is refused', (_, value, expected) => {
    expect(problem(value)).toContain(expected)
  })

  describe('of a long run', () => {
    const long = { ...small, totalSteps: 250_001 * small.envs * small.steps }
    const links = Array.from({ length: 83_335 }, (_, i) => link(i))
    const thinned = certificateOf({
      config: { ...certificate.config, settings: long },
      fingerprint: certificate.fingerprint,
      hash: link(99),
      updates: 250_001,
      chain: links,
    })

    test('has a link every so many updates, and the last', () => {
      expect([1, 100_000, 100_001, 250_001, 10_000_000].map(apart)).toEqual([1, 1, 2, 3, 100])
      expect(thinned).toMatchObject({ thinned: { every: 3, updates: 250_001 } })
      expect(decodeCertificate(encodeCertificate(thinned))).toEqual(E.right(thinned))
    })

    test('of up to 100,000 updates has all, in the form that it always had', () => {
      const { format, ...run } = certificate
      expect(certificateOf({ ...run, updates })).toEqual({ format, ...run })
    })

    test.each<readonly [string, object, string]>([
      ['a link too few', { chain: links.slice(1) }, 'chain: expected 83335 links, one every 3'],
      [
        'more updates than its config',
        { thinned: { every: 3, updates: 250_002 } },
        'at most 250001',
      ],
      ['a link every update', { thinned: { every: 1, updates: 9 } }, 'thinned.every: expected'],
      ['no word of how many', { thinned: undefined }, 'thinned: expected'],
      ['the other format', { format: 'proximal certificate 1' }, 'expected one of'],
    ])('with %s is refused', (_, more, expected) => {
      expect(problem({ ...thinned, ...more })).toContain(expected)
    })
  })

  test('bytes that are no UTF-8 are refused', () => {
    const broken = encodeCertificate(certificate)
    broken[10] = 0xff
    expect(decodeCertificate(broken)).toEqual(
      E.left('expected a certificate in JSON, got something else or only a part'),
    )
  })
})

describe('input made to keep its reader busy is refused at once', () => {
  const quick = (text: string): string => {
    const start = performance.now()
    const decoded = decodeCertificate(bytes(text))
    expect(performance.now() - start).toBeLessThan(2000)
    return E.isLeft(decoded) ? decoded.left : 'none'
  }

  test('a hundred thousand wrong links are one mistake', () => {
    const text = quick(
      JSON.stringify({ ...certificate, chain: Array.from({ length: 100_000 }, () => 'x') }),
    )
    expect(text).toContain('got a list of 100000')
    expect(text.split(';')).toHaveLength(1)
  })

  test('a hundred thousand fields of other names are not looked at', () => {
    const others = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`x${i}`, i]))
    expect(quick(JSON.stringify({ ...certificate, config: others }))).toContain(
      'expected at most 65536 characters besides the chain, got',
    )
  })

  test('endlessly nested lists are not a certificate', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000)
    expect(quick(`{"config":${deep},"chain":[]}`)).toContain('expected')
  })

  test('what is beside the chain is measured to the character', () => {
    const padded = (length: number) => {
      const { chain: _, ...rest } = certificate
      const missing =
        length - JSON.stringify({ ...rest, config: { ...rest.config, preset: '' } }).length
      return { ...certificate, config: { ...rest.config, preset: 'x'.repeat(missing) } }
    }
    expect(problem(padded(65_536))).toBe('none')
    expect(problem(padded(65_537))).toContain('got 65537')
  })
})
