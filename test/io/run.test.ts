import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { presets } from '../../src/algo/ppo/presets.ts'
import { decodeRunConfig, encodeJson } from '../../src/io/run.ts'
import type { RunConfig } from '../../src/io/run.ts'

const config: RunConfig = {
  format: 'proximal run 1',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  ppo: presets.cleanrl,
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const problem = (text: string): string => {
  const decoded = decodeRunConfig(bytes(text))
  return E.isLeft(decoded) ? decoded.left : 'none'
}

describe('config of a run', () => {
  test('is read back as it was written', () => {
    expect(decodeRunConfig(bytes(encodeJson(config)))).toEqual(E.right(config))
  })

  test('a config from before there were shards has one of them', () => {
    const { shards, ...older } = config.ppo
    const text = JSON.stringify({ ...config, ppo: older })
    expect(decodeRunConfig(bytes(text))).toEqual(
      E.right({ ...config, ppo: { ...config.ppo, shards: 1 } }),
    )
    expect(shards).toBeGreaterThan(1)
  })

  test('what is wrong is named: path, expected, got', () => {
    const wrong = { ...config, seed: -1, ppo: { ...config.ppo, gamma: 2 } }
    expect(problem(JSON.stringify(wrong))).toBe(
      'seed: expected a whole number >= 0, got -1; ppo.gamma: expected a number from 0 to 1, got 2',
    )
  })

  test('another world, an older format, half a file and no object are refused', () => {
    expect(problem(JSON.stringify({ ...config, env: 'chess' }))).toContain('env: expected one of')
    expect(problem(JSON.stringify({ ...config, format: 'x' }))).toContain('format')
    expect(problem(encodeJson(config).slice(0, 100))).toContain('expected JSON')
    expect(problem('null')).toContain('expected')
  })
})
