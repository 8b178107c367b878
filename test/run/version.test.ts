import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { version } from '../../src/run/version.ts'

test('the library and its package say the same version', () => {
  expect((JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version).toBe(
    version,
  )
})
