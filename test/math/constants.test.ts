import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as constantsOf32 from '../../src/math/f32/constants.ts'
import * as constantsOf64 from '../../src/math/f64/constants.ts'
import { constants32, constants64 } from './coefficients.ts'

test('the f64 constants are those that the script makes', () => {
  expect({ ...constantsOf64 }).toEqual(constants64())
})

test('the f32 constants are those that the script makes', () => {
  const { ROUNDER, ...made } = constantsOf32
  expect(made).toEqual(constants32())
  expect(ROUNDER).toBe(1.5 * 2 ** 23)
})

test('the f32 constants are f32 numbers', () => {
  const all = Object.values(constantsOf32).flat()
  expect(all.map(Math.fround)).toEqual(all)
})

const folder = new URL('../../src/math/', import.meta.url)
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [name, readFileSync(new URL(name, folder), 'utf8')] as const)

/** What remains when comments are gone: they may name what the code may not use. */
const codeOf = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*/g, '')

test.each(sources)('%s uses nothing of Math that engines may round as they like', (_, source) => {
  const used = [...codeOf(source).matchAll(/Math\.(\w+)/g)].map(([, name]) => name)
  const exact = new Set(['abs', 'floor', 'fround', 'max', 'round', 'sqrt', 'trunc'])
  expect(used.filter((name) => name === undefined || !exact.has(name))).toEqual([])
  expect(codeOf(source)).not.toContain('**')
})

test.each(sources)('%s imports nothing from outside src/math', (name, source) => {
  const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, path]) => path ?? '')
  const depth = name.split('/').length - 1
  const inside = (path: string): boolean =>
    path.startsWith('./') || (depth === 1 && /^\.\.\/[^.]/.test(path))
  expect(imported.filter((path) => !inside(path))).toEqual([])
})
