import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { presets, type PpoConfig } from '../../ppo.ts'
import { isEnvironmentName, environments, type EnvironmentName } from '../../env/environments.ts'
import { isMode, MODES, type Mode } from '../../kernel/gpu/modes.ts'
import { isBackendName, backends, type BackendName } from '../../kernel/backends.ts'

/** What a page is asked to learn, and on what. */
export interface Choices {
  readonly env: EnvironmentName
  readonly backend: BackendName | 'auto' | Mode | 'gpu'
  readonly seed: number
  readonly config: PpoConfig
}

type Backend = Choices['backend']

const BACKENDS = ['auto', ...Object.keys(backends), 'gpu', ...MODES]

const isBackend = (name: string): name is Backend =>
  name === 'auto' || name === 'gpu' || isBackendName(name) || isMode(name)

export const isGpu = (name: Backend): name is Mode | 'gpu' => name === 'gpu' || isMode(name)

/** Numbers of an address, from 1 on; those of before where it says nothing of them. */
const wholes = (
  search: URLSearchParams,
  name: string,
  otherwise: readonly number[],
): E.Either<string, readonly number[]> => {
  const text = search.get(name)
  if (text === null) return E.right(otherwise)
  const found = text.split(',').map((word) => (/^\d{1,9}$/.test(word) ? Number(word) : 0))
  return found.every((n) => n >= 1)
    ? E.right(found)
    : E.left(`${name}: expected whole numbers from 1 on, got ${text}`)
}

const oneOf =
  <N extends string>(what: string, is: (name: string) => name is N, names: readonly string[]) =>
  (name: string): E.Either<string, N> =>
    is(name)
      ? E.right(name)
      : E.left(`${what}: expected one of ${names.join(', ')}, got ${JSON.stringify(name)}`)

/** `?env=cartpole&backend=webgl2&steps=20000&hidden=1024,1024&seed=1`; all of it may be left out. */
export const choicesOf = (address: string): E.Either<string, Choices> => {
  const search = new URLSearchParams(address)
  return pipe(
    E.Do,
    E.bind('env', () =>
      oneOf('env', isEnvironmentName, Object.keys(environments))(search.get('env') ?? 'cartpole'),
    ),
    E.bind('backend', () => oneOf('backend', isBackend, BACKENDS)(search.get('backend') ?? 'auto')),
    E.bind('seed', () => wholes(search, 'seed', [1])),
    E.bind('steps', ({ env }) => wholes(search, 'steps', [presets[env].totalSteps])),
    E.bind('hidden', ({ env }) => wholes(search, 'hidden', presets[env].hidden)),
    E.map(({ env, backend, seed, steps, hidden }) => ({
      env,
      backend,
      seed: seed[0]!,
      config: { ...presets[env], totalSteps: steps[0]!, hidden },
    })),
  )
}
