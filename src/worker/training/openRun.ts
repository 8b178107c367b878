import * as E from 'fp-ts/lib/Either.js'
import { backend as backendNamed, type BackendName } from '../../kernel/backends.ts'
import { checkRunConfig } from '../../run/config.ts'
import { describeWrongEnvironment, environmentOf } from '../../run/runEnvironment.ts'
import { refused, type Answer, type SessionOptions, type StartRequest } from './request.ts'
import { openStepper, type Stepper } from './stepper.ts'

/** This worker's own module, which threads can run as well: it calls `serve`. */
const ownModule = (): { readonly worker?: { readonly href: string } } => {
  const { location } = globalThis as { readonly location?: { readonly href: string } }
  return location === undefined ? {} : { worker: { href: location.href } }
}

/** Opens the run of a request: one that was checked, in an environment that is known here. */
export const openRun = async (
  { config, checkpoint, threads = 1, backend = 'auto' }: StartRequest,
  environments: NonNullable<SessionOptions['environments']>,
): Promise<Answer<{ readonly stepper: Stepper; readonly backend: BackendName }>> => {
  const checked = checkRunConfig(config)
  if (E.isLeft(checked)) return refused(checked.left)
  const own = Object.hasOwn(environments, config.env) ? environments[config.env] : undefined
  const env = environmentOf(checked.right, own)
  if (E.isLeft(env)) return refused(describeWrongEnvironment(env.left))
  const { name } = backendNamed(backend)
  const machinery = { env: env.right, backend: name, threads, ...ownModule() }
  try {
    const opened = await openStepper(checked.right, machinery, checkpoint ?? null)
    return E.isLeft(opened)
      ? refused(opened.left)
      : E.right({ stepper: opened.right, backend: name })
  } catch (error) {
    // Threads where memory cannot be shared, say.
    if (error instanceof RangeError) return refused(error.message)
    throw error
  }
}
