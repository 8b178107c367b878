/** The worker of the Backends view: it measures, so that the page itself never waits. */
import type { Progress } from '../../kernel/gpu/measure.ts'
import { COURSE, survey, type Survey } from '../../kernel/gpu/survey.ts'
import { breath } from '../../worker/breath.ts'
import type { Call } from '../../worker/handlers.ts'
import { serve } from '../../worker/serve.ts'

/** How far a measurement is, and at its end what was found. */
export type Surveying =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'found'; readonly found: Survey }

/** Milliseconds between two words about how far it is. */
const TELL_MS = 50

const handlers = {
  /** Measures products of matrices of these sizes. */
  survey: async function* (sizes: readonly number[], { signal }: Call): AsyncGenerator<Surveying> {
    const measuring = survey({ ...COURSE, sizes, now: () => performance.now() })
    let told = 0
    while (!signal.aborted) {
      const { done, value } = await measuring.next()
      if (done === true) {
        yield { kind: 'found', found: value }
        return
      }
      if (performance.now() - told < TELL_MS) continue
      yield { kind: 'progress', progress: value }
      await breath()
      told = performance.now()
    }
    await measuring.return({ sizes, backends: [], host: 'js', wins: [], missing: null })
  },
}

export type SurveyHandlers = typeof handlers

serve(handlers)
