import type { Environment } from '../env/environment.ts'
import { environments, isEnvironmentName } from '../env/environments.ts'
import type { FindEnvironment } from './rolloutWork.ts'
import type { NamedEnvironment } from './rolloutSpec.ts'

/** Where a machine's owner has installed an environment that is not built in. */
export interface EnvironmentPlace {
  readonly name: string
  /** SHA-256 of the module's file, in lower-case hexadecimal */
  readonly sha256: string
  /** URL of the module */
  readonly module: string
  /** the export that is the environment, or a function that returns it */
  readonly export: string
}

const valueOf = async (place: EnvironmentPlace): Promise<Environment<unknown>> => {
  const exports = (await import(/* @vite-ignore */ place.module)) as {
    readonly [name: string]: unknown
  }
  const found = exports[place.export]
  return (await (typeof found === 'function'
    ? (found as () => unknown)()
    : found)) as Environment<unknown>
}

/**
 * Finds environments among the built-in ones and those installed on this machine. A job can never cause a
 * module to be imported.
 *
 * @throws RangeError when no environment has the name, or its module has another hash
 */
export const findIn = (places: readonly EnvironmentPlace[]): FindEnvironment => {
  const loaded = new Map<EnvironmentPlace, Promise<Environment<unknown>>>()
  return async ({ name, module }: NamedEnvironment) => {
    if (module === undefined) {
      if (isEnvironmentName(name)) return environments[name] as Environment<unknown>
      throw new RangeError(`env: expected a built-in environment, got ${name}`)
    }
    const place = places.find((one) => one.name === name && one.sha256 === module.sha256)
    if (place === undefined)
      throw new RangeError(
        `env: expected a module of ${name} with SHA-256 ${module.sha256} that is installed here, got none`,
      )
    const found = loaded.get(place) ?? valueOf(place)
    loaded.set(place, found)
    return found
  }
}
