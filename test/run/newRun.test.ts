import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { checkRunConfig } from '../../src/run/config.ts'
import { newRun } from '../../src/run/newRun.ts'
import { version } from '../../src/run/version.ts'
import { smallOf } from '../support/runs.ts'
import { algorithmNames } from '../../src/algo/algorithm.ts'

test.each(algorithmNames)('a new run of %s is a valid config without a past', (algorithm) => {
  const settings = smallOf[algorithm]
  const config = newRun({ algorithm, env: 'cartpole', seed: 3, settings })
  expect(checkRunConfig(JSON.parse(JSON.stringify(config)))).toEqual(E.right(config))
  expect(config).toMatchObject({ version, preset: 'custom', kernels: 'wasm', past: [] })
})

test('a preset and a backend can be named', () => {
  const named = { preset: 'cartpole', kernels: 'js' } as const
  const given = { algorithm: 'ppo', env: 'cartpole', seed: 3, settings: smallOf.ppo } as const
  expect(newRun({ ...given, ...named })).toMatchObject(named)
})
