import { shown } from '../tensor/shown.ts'

const FUNCTIONS = ['init', 'step', 'observe'] as const
const SPACES = ['observationSpace', 'actionSpace'] as const

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null

/**
 * Throws unless `env` has the members of an environment; without `functions`, its name and its spaces
 * are enough. What the functions answer is checked when they are called.
 *
 * @throws RangeError that names what is missing
 */
export const expectEnvironment = (argument: string, env: unknown, functions = true): void => {
  if (!isObject(env))
    throw new RangeError(
      `${argument}: expected an environment, got ${shown(env)}: pass one such as env.cartPole, or make one with env.fromGym`,
    )
  const missing = [
    ...(typeof env['name'] === 'string' ? [] : ['name']),
    ...SPACES.filter((name) => !isObject(env[name])),
    ...(functions ? FUNCTIONS.filter((name) => typeof env[name] !== 'function') : []),
  ]
  if (missing.length > 0)
    throw new RangeError(
      `${argument}: expected an environment with ${missing.join(', ')}, got ${shown(env)} without: add what is missing, or make one with env.fromGym`,
    )
}
