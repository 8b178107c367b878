import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  genericArrays,
  leadsTo,
  needingNode,
  unresolved,
  type Declarations,
  type Package,
} from './support/declarations.ts'
import { built } from './support/built.ts'

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

const own = read('package.json') as {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const dist: Declarations = new Map(
  readdirSync(built('.'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.d.ts'))
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(built(path), 'utf8')]),
)

const installed = (name: string): Package | null => {
  if (!Object.hasOwn({ ...own.dependencies, ...own.peerDependencies }, name)) return null
  const folder = join('node_modules', name)
  const { types, typings } = read(join(folder, 'package.json')) as {
    readonly types?: string
    readonly typings?: string
  }
  return { types: types ?? typings, has: (file) => existsSync(join(folder, file)) }
}

const entries = Object.values(own.exports).flatMap((entry) =>
  typeof entry === 'string' ? [] : entry.types.replace('./dist/', ''),
)

describe('the declarations that are published', () => {
  test('are all there, and what they import is seen', () => {
    expect(dist.size).toBeGreaterThan(200)
    expect(entries).toContain('index.d.ts')
    expect(entries.filter((entry) => !dist.has(entry))).toEqual([])
    expect(leadsTo(dist, 'index.d.ts')).toContain('algo/ppo/iterate.d.ts')
  })

  test('import only what the compiler of a consumer finds', () => {
    expect(unresolved(dist, installed)).toEqual([])
  })

  test('need no types of Node where an export leads to them', () => {
    expect(entries.flatMap((entry) => needingNode(dist, entry))).toEqual([])
  })

  test('give typed arrays no type argument, which TypeScript 5.4 does not know', () => {
    expect(entries.flatMap((entry) => genericArrays(dist, entry))).toEqual([])
  })
})

describe('the checker can fail', () => {
  const sources = (files: { readonly [path: string]: string }): Declarations =>
    new Map(Object.entries(files))
  const packages = (name: string): Package | null =>
    name === 'typed'
      ? { types: 'index.d.ts', has: (file) => file === 'lib/a.d.ts' }
      : name === 'bare'
        ? { types: undefined, has: () => false }
        : null

  test.each([
    './b',
    './c.js',
    './c.ts',
    'typed/lib/a',
    'typed/lib/b.js',
    'bare',
    'bare/a.js',
    'missing',
    '@scope/missing/a.js',
  ])('%s is refused, as an import and as a type that the compiler wrote', (name) => {
    const files = sources({
      'a.d.ts': `import type { X } from '${name}';\nexport declare const x: import("${name}").X;`,
      'b.d.ts': '',
    })
    expect(unresolved(files, packages)).toEqual(Array(2).fill(`a.d.ts: imports ${name}`))
  })

  test.each(['./b.js', './b.ts', 'typed', 'typed/lib/a.js', 'node:fs'])('%s is found', (name) => {
    const files = sources({ 'a.d.ts': `export * from '${name}'`, 'b.d.ts': '' })
    expect(unresolved(files, packages)).toEqual([])
  })

  test('modules of Node are seen however far they are', () => {
    const files = sources({
      'index.d.ts': "export * as io from './io/a.js'",
      'io/a.d.ts': 'export declare const a: import("./b.js").B',
      'io/b.d.ts': "import type { Hash } from 'node:crypto'",
      'io/c.d.ts': "import 'fs'",
    })
    expect(needingNode(files, 'index.d.ts')).toEqual(['io/b.d.ts: imports node:crypto'])
  })

  test('a typed array with a type argument is seen', () => {
    const text =
      'export declare const a: Uint8Array<ArrayBuffer>, b: Uint8Array, c: ReadonlyArray<1>'
    expect(genericArrays(sources({ 'a.d.ts': text }), 'a.d.ts')).toEqual([
      'a.d.ts: Uint8Array<ArrayBuffer>',
    ])
  })
})
