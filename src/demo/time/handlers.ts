import * as E from 'fp-ts/lib/Either.js'
import { algorithms, type Settings } from '../../algo/algorithm.ts'
import { describeWrongEnvironment, environmentOf } from '../../run/runEnvironment.ts'
import { breath } from '../../worker/breath.ts'
import type { Call } from '../../worker/handlers.ts'

/** Files as messages carry them. */
export type FileList = ReadonlyArray<{ readonly name: string; readonly bytes: Uint8Array }>

/** How far a verification is, and at its end what came of it. */
export type Verification =
  | { readonly kind: 'progress'; readonly update: number; readonly of: number }
  | { readonly kind: 'same'; readonly updates: number; readonly hash: string }
  | { readonly kind: 'different'; readonly problem: string }

/** Milliseconds of work between two messages. */
const SLICE = 30

export const timeHandlers = {
  /** Makes the run again that a certificate or a run folder tells of, and compares every update. */
  verify: async function* (files: FileList, { signal }: Call): AsyncGenerator<Verification> {
    const [{ claimOfFiles }, run, budget] = await Promise.all([
      import('../../run/claimOfFiles.ts'),
      import('../../run/verify.ts'),
      import('../../run/budget.ts'),
    ])
    const claim = claimOfFiles(new Map(files.map(({ name, bytes }) => [name, bytes])))
    if (E.isLeft(claim)) {
      yield { kind: 'different', problem: claim.left }
      return
    }
    const { config } = claim.right
    const env = environmentOf(config)
    if (E.isLeft(env)) {
      yield { kind: 'different', problem: describeWrongEnvironment(env.left) }
      return
    }
    if (config.gpu !== undefined) {
      yield {
        kind: 'different',
        problem: `gpu: expected a run of js or wasm, got one of ${config.gpu.mode}`,
      }
      return
    }
    const cost = budget.estimateRun(config, env.right, {
      to: run.updatesIn(claim.right),
      evaluated: claim.right.recorded !== undefined,
    })
    const within = budget.expectWithin(budget.defaultBudget)(cost)
    if (E.isLeft(within)) {
      yield {
        kind: 'different',
        problem: `expected work of at most ${budget.describeBudget(budget.defaultBudget)}, got ${budget.describeEstimate(cost)}`,
      }
      return
    }
    const partsOf = (settings: Settings) => algorithms[config.algorithm].parts(settings, env.right)
    const verifying = run.verifyWith(claim.right, partsOf)
    let told = performance.now()
    while (!signal.aborted) {
      const { done, value } = verifying.next()
      if (done === true) {
        yield E.isRight(value)
          ? { kind: 'same', ...value.right }
          : { kind: 'different', problem: run.describeDifference(value.left) }
        return
      }
      if (performance.now() - told < SLICE) continue
      yield { kind: 'progress', ...value }
      await breath()
      told = performance.now()
    }
  },
}
