import { execFileSync } from 'node:child_process'

/** Builds the package once, for the tests that start the command line as a user does. */
export const setup = (): void => {
  execFileSync('node_modules/.bin/tsc', ['-p', 'src'], { stdio: 'inherit' })
}
