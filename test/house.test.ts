import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  fileSystemViolations,
  fpTsViolations,
  importCycles,
  nodeViolations,
  orderViolations,
  reachable,
  specifiersOf,
  testingViolations,
  type Sources,
} from './support/house.ts'

const SRC = new URL('../src/', import.meta.url)

const house: Sources = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    // AssemblyScript is a language of its own, whose imports have no endings.
    .filter((path) => /\.(ts|css)$/.test(path) && !path.startsWith('kernel/wasm/assembly/'))
    .map((path) => [path, readFileSync(new URL(path, SRC), 'utf8')]),
)

const sources = (files: { readonly [path: string]: string }): Sources =>
  new Map(Object.entries(files))

describe('the house', () => {
  test('is read completely, and its imports are found', () => {
    expect(house.has('algo/ppo/iterate.ts')).toBe(true)
    expect(specifiersOf(house.get('algo/estimateTargets.ts')!)).toContain('../rl/gae.ts')
    const seen = [...house.values()].flatMap(specifiersOf).length
    const written = [...house.values()].join('\n').match(/^(import|export|\}).* from '/gm)
    expect(seen).toBeGreaterThanOrEqual(written!.length)
    expect(seen).toBeGreaterThan(100)
  })

  test('imports only go down the list of folders', () => {
    expect(orderViolations(house)).toEqual([])
  })

  test('no imports form a cycle, including imports of types', () => {
    expect(importCycles(house)).toEqual([])
  })

  test('fp-ts is imported as fp-ts/lib/X.js, which is the form that Node loads', () => {
    expect(fpTsViolations(house)).toEqual([])
  })

  test('only testing imports fast-check, and nothing imports testing', () => {
    expect(testingViolations(house)).toEqual([])
    expect(specifiersOf(house.get('testing/arbitrary.ts')!)).toContain('fast-check')
  })

  test('only run/disk/file.ts, and guide/files.ts while the guide is built, touch the file system', () => {
    expect(fileSystemViolations(house)).toEqual([])
  })

  test('the index imports nothing that only Node has, except dynamically for threads', () => {
    const led = reachable(house, 'index.ts')
    for (const path of ['run/verify.ts', 'run/storage/indexedDb.ts', 'picture/apng.ts'])
      expect(led).toContain(path)
    expect(led).not.toContain('run/storage/files.ts')
    expect(led).not.toContain('rlhf/corpora/names.ts')
    expect(nodeViolations(house, 'index.ts')).toEqual([])
    expect(nodeViolations(house, 'worker/index.ts')).toEqual([])
    expect(specifiersOf(house.get('run/nodeSha256.ts')!)).toContain('node:crypto')
  })
})

describe('the checker can fail', () => {
  test.each([
    ['a value', "import { gae } from '../rl/gae.ts'"],
    ['a type', "import type { Steps } from '../rl/gae.ts'"],
    ['a re-export', "export * as rl from '../rl/gae.ts'"],
    ['a bare import', "import '../rl/gae.ts'"],
    ['a dynamic import', "const late = () => import('../rl/gae.ts')"],
    ['many lines', "import {\n  gae,\n  type Steps,\n} from '../rl/gae.ts'"],
    ['a second import in a line', "import a from 'a'; import { gae } from '../rl/gae.ts'"],
  ])('an import from a higher folder is found in %s', (_, text) => {
    expect(orderViolations(sources({ 'env/world.ts': text, 'rl/gae.ts': '' }))).toEqual([
      'env/world.ts: imports rl/gae.ts, env < rl',
    ])
  })

  test('imports from lower folders, the same folder and packages are fine, and comments do not count', () => {
    const files = {
      'rl/gae.ts': "import { a } from './a.ts'\nimport { own } from '../tensor/tensor.ts'",
      'rl/a.ts': "import * as E from 'fp-ts/lib/Either.js' // import x from '../algo/b.ts'",
      'tensor/tensor.ts': "/** import { gae } from '../rl/gae.ts' */",
      'index.ts': "export * as rl from './rl/gae.ts'",
    }
    expect(orderViolations(sources(files))).toEqual([])
    expect(importCycles(sources(files))).toEqual([])
  })

  test('an unknown folder, a missing file, and an import of the index from inside are found', () => {
    const files = {
      'attic/a.ts': '',
      'rl/a.ts': "import './b.ts'\nimport '../index.ts'",
      'index.ts': '',
      'cli/main.ts': "import '../index.ts'",
    }
    expect(orderViolations(sources(files))).toEqual([
      'attic/a.ts: attic is no room of the house',
      'rl/a.ts: imports rl/b.ts, which is no file of src',
      'rl/a.ts: imports index.ts, which stands above all rooms',
    ])
  })

  test('a cycle of three files is found, also one of types', () => {
    const files = {
      'rl/a.ts': "import { b } from './b.ts'",
      'rl/b.ts': "import type { C } from './c.ts'",
      'rl/c.ts': "export { a } from './a.ts'",
    }
    expect(importCycles(sources(files))).toEqual(['rl/a.ts → rl/b.ts → rl/c.ts → rl/a.ts'])
  })

  test.each(['fp-ts', 'fp-ts/Either', 'fp-ts/lib/Either', 'fp-ts/es6/Either.js'])(
    '%s is a wrong form',
    (name) => {
      expect(fpTsViolations(sources({ 'rl/a.ts': `import * as E from '${name}'` }))).toEqual([
        `rl/a.ts: imports ${name}`,
      ])
    },
  )

  test('only testing may import fast-check, and only users may import testing', () => {
    const files = {
      'testing/a.ts': "import fc from 'fast-check'",
      'env/b.ts': "import fc from 'fast-check'",
      'index.ts': "export * from './testing/a.ts'",
      'env/c.ts': "import '../testing/a.ts'",
    }
    expect(testingViolations(sources(files))).toEqual([
      'env/b.ts: imports fast-check',
      'index.ts: imports ./testing/a.ts',
    ])
    expect(orderViolations(sources(files))).toEqual([
      'env/c.ts: imports testing/a.ts, env < testing',
    ])
  })

  test.each(['fs', 'node:fs', 'node:fs/promises'])(
    'only run/disk/file.ts may import %s',
    (name) => {
      const text = `import { readFile } from '${name}'`
      expect(
        fileSystemViolations(sources({ 'run/disk/file.ts': text, 'cli/main.ts': text })),
      ).toEqual([`cli/main.ts: imports ${name}`])
    },
  )

  test('a module of Node is found at any distance, in code and in types, and by its old name', () => {
    const files = {
      'index.ts': "export * as io from './io/a.ts'",
      'io/a.ts': "import './b.ts'\nconst late = () => import('node:os')",
      'io/b.ts': "const late = () => import('./c.ts')\nimport type { Hash } from 'node:crypto'",
      'io/c.ts': "export { join } from 'path'",
      'io/d.ts': "import 'node:fs'",
    }
    expect([...reachable(sources(files), 'index.ts')]).toEqual([
      'index.ts',
      'io/a.ts',
      'io/b.ts',
      'io/c.ts',
    ])
    expect(nodeViolations(sources(files), 'index.ts')).toEqual([
      'io/b.ts: imports node:crypto',
      'io/c.ts: imports path',
    ])
  })
})
