import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'

/**
 * Builds the package once, in a folder of the tests, so that no other build disturbs them: for tests that
 * start programs and the command line, and for threads, which Node starts from files of JavaScript.
 * `test/support/built.ts` says where it is. Nothing is built where PROXIMAL_BUILT names a build.
 */
export const setup = (): void => {
  if (process.env['PROXIMAL_BUILT'] !== undefined) return
  const run = (command: string, ...args: readonly string[]): void => {
    execFileSync(command, args, { stdio: 'inherit' })
  }
  run('npm', 'run', '--silent', 'build:wasm')
  mkdirSync('.build/tested', { recursive: true })
  copyFileSync('package.json', '.build/tested/package.json')
  const folders = ['.build/tested/compiled', '.build/tested/dist'] as const
  run('npx', 'tsc', '-p', 'src', '--outDir', folders[0], '--declarationDir', folders[1])
  run(process.execPath, 'src/bundle.js', ...folders)
}
