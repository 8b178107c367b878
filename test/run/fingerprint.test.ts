import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { engineName, fingerprint, fingerprintCodec } from '../../src/run/fingerprint.ts'

describe('the name of an engine', () => {
  test.each<readonly [string, Parameters<typeof engineName>[0]]>([
    ['Node 20.20.2', { process: { versions: { node: '20.20.2' } } }],
    ['Bun 1.4.5', { process: { versions: { node: '24.3.0', bun: '1.4.5' } } }],
    ['Deno 2.1.0', { process: { versions: { node: '20.0.0', deno: '2.1.0' } } }],
    ['Node 22.1.0', { process: { versions: { node: '22.1.0' } }, navigator: { userAgent: 'x' } }],
    ['Some/1.0', { navigator: { userAgent: 'Some/1.0' } }],
    ['unknown', { navigator: { userAgent: '' } }],
    ['unknown', { process: {} }],
    ['unknown', {}],
  ])('is %s', (name, globals) => {
    expect(engineName(globals)).toBe(name)
  })

  test('is cut where it is longer than a fingerprint takes', () => {
    expect(engineName({ navigator: { userAgent: 'x'.repeat(1000) } })).toBe('x'.repeat(300))
    expect(engineName({ process: { versions: { node: '1'.repeat(1000) } } })).toHaveLength(300)
  })

  test('here it is that of this Node', () => {
    expect(engineName()).toBe(`Node ${process.versions.node}`)
  })
})

describe('a fingerprint', () => {
  test('tells engine, backend and probe', () => {
    const { probe, ...names } = fingerprint('js')
    expect(names).toEqual({ engine: engineName(), kernels: 'js' })
    expect(probe).toMatch(/^[0-9a-f]{64}$/)
    expect(fingerprint().kernels).toBe('wasm')
  })

  test('has its codec’s form, and no more', () => {
    const here = fingerprint('js')
    expect(E.isRight(fingerprintCodec.decode(here))).toBe(true)
    for (const wrong of [
      { ...here, engine: 'x'.repeat(301) },
      { ...here, engine: 1 },
      { ...here, kernels: 'gpu' },
      { ...here, probe: 'abc' },
      { ...here, more: 1 },
    ])
      expect(E.isLeft(fingerprintCodec.decode(wrong))).toBe(true)
  })
})
