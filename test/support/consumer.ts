/** What the suites share that install the packed package into an empty folder, as its users do. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Manifest } from './packed.ts'

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))

/** Our package.json. */
export const manifest = read('package.json') as Manifest

/** The version of a package that is installed here, which the lock file pins. */
export const versionOf = (name: string): string => {
  const { version } = read(join('node_modules', name, 'package.json')) as {
    readonly version: string
  }
  return version
}

/** A package and that version of it, as package managers take it. */
export const pinned = (name: string): string => `${name}@${versionOf(name)}`

/** A file of a package that is installed here, which looks at another project from outside. */
export const tool = (file: string): string => resolve('node_modules', file)

/** The newest compiler that the types promise to compile with. */
export const TSC = tool('@typescript/native/bin/tsc')

/** Installs packages with npm. */
export const NPM_INSTALL = [
  'npm',
  'install',
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
] as const

/** What makes a folder a project of ES modules. */
export const PROJECT = '{ "private": true, "type": "module" }'

/**
 * The package as `npm pack` makes it from what was built. A suite that runs after another one is given the file
 * as PROXIMAL_PACKED; otherwise it is packed into `folder`.
 */
export const packed = (folder: string): string => {
  const given = process.env['PROXIMAL_PACKED']
  if (given !== undefined) return resolve(given)
  const options = ['--ignore-scripts', '--json', '--pack-destination', folder]
  const [made] = JSON.parse(
    execFileSync('npm', ['pack', ...options], { encoding: 'utf8' }),
  ) as readonly [{ readonly filename: string }]
  return join(folder, made.filename)
}

/** Runs programs in a folder. */
export const runIn =
  (cwd: string) =>
  (command: string, ...args: readonly string[]): string =>
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' })

const outputOf = (error: unknown): string => {
  const { stdout = '', stderr = '' } = error as { readonly stdout?: string; stderr?: string }
  return stdout + stderr === '' ? String(error) : `${stdout}${stderr}`
}

/** Seconds since a time of `performance.now`, for people. */
export const secondsSince = (start: number): string =>
  `${((performance.now() - start) / 1000).toFixed(1)} s`

/** Steps of a suite, each of which may fail by itself. */
export const attempts = () => {
  let failures = 0
  const start = performance.now()
  return {
    /** Does a step, and says how long it took or why it failed: its result, or null. */
    attempt: async <T>(what: string, f: () => T | Promise<T>): Promise<T | null> => {
      const began = performance.now()
      try {
        const result = await f()
        console.log(`${what}  ${secondsSince(began)}`)
        return result
      } catch (error) {
        failures++
        console.error(`${what}  FAILED\n${outputOf(error)}`)
        return null
      }
    },

    /** Says what all steps came to; the process then ends with 1 if one of them failed. */
    conclude: (success: string): void => {
      console.log(
        `${failures === 0 ? success : `${failures} failures`}  ${secondsSince(start)} in all`,
      )
      process.exitCode = failures === 0 ? 0 : 1
    },
  }
}
