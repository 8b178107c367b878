import { execFileSync } from 'node:child_process'

/**
 * Builds the package once, for the tests that start the command line as a user does, and those of
 * threads, which Node starts from files of JavaScript.
 */
export const setup = (): void => {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
}
