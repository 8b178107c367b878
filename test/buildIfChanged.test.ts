import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { workshop } from './support/cli.ts'

/**
 * In place of npm, which takes long to start: counts builds, writes a kernel into the sources as the real
 * build does, and what `npm run proximal` runs.
 */
const NPM = `#!/bin/sh
[ "$*" = 'run --silent build' ] || exit 2
printf . >>builds
wc -c <src/kernel.ts >src/bytes.ts
! grep -q wrong src/kernel.ts || exit 3
mkdir -p dist/cli
: >dist/cli/main.js
`

let folder = ''
let remove = (): void => undefined
const at = (...path: readonly string[]): string => join(folder, ...path)
const write = (path: string, text: string): void => writeFileSync(at(path), text)

/** Runs the script, and says how it ended and how many builds there have been. */
const proximal = (): { readonly status: number | null; readonly builds: number } => {
  const { status } = spawnSync(process.execPath, [at('src/buildIfChanged.js')], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, PATH: `${at('bin')}${delimiter}${process.env['PATH']}` },
  })
  return { status, builds: existsSync(at('builds')) ? readFileSync(at('builds')).length : 0 }
}

beforeEach(() => {
  ;({ folder, remove } = workshop())
  mkdirSync(at('src/inner'), { recursive: true })
  cpSync('src/buildIfChanged.js', at('src/buildIfChanged.js'))
  mkdirSync(at('bin'))
  writeFileSync(at('bin/npm'), NPM, { mode: 0o755 })
  write('package.json', '{ "type": "module" }')
  write('package-lock.json', '{}')
  write('tsconfig.json', '{}')
  write('src/kernel.ts', 'a')
  write('src/inner/a.ts', 'a')
})
afterEach(() => remove())

describe('npm run proximal', () => {
  test('builds a tree that was never built, and not again', () => {
    expect(proximal()).toEqual({ status: 0, builds: 1 })
    expect(proximal()).toEqual({ status: 0, builds: 1 })
  })

  test.each([
    ['a source that changed', () => appendFileSync(at('src/inner/a.ts'), ' ')],
    ['a source that was added', () => write('src/inner/b.ts', '')],
    ['a source that was removed', () => rmSync(at('src/inner/a.ts'))],
    ['a source that was renamed', () => renameSync(at('src/inner/a.ts'), at('src/inner/c.ts'))],
    ['other dependencies', () => write('package-lock.json', '{ }')],
    ['other settings of the compiler', () => write('tsconfig.json', '{ }')],
    ['another package.json', () => appendFileSync(at('package.json'), '\n')],
    ['a build that was removed', () => rmSync(at('dist'), { recursive: true })],
  ])('builds again after %s, once', (_, change) => {
    proximal()
    change()
    expect(proximal().builds).toBe(2)
    expect(proximal().builds).toBe(2)
  })

  test('fails where the build fails, and builds again next time', () => {
    proximal()
    write('src/kernel.ts', 'wrong')
    expect(proximal()).toEqual({ status: 1, builds: 2 })
    expect(proximal()).toEqual({ status: 1, builds: 3 })
    write('src/kernel.ts', 'right')
    expect(proximal()).toEqual({ status: 0, builds: 4 })
  })
})
