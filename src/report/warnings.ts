import type { AnyMetrics } from '../algo/algorithm.ts'
import {
  describeWarning,
  healthAfter,
  healthy,
  type HealthContext,
  type HealthWarning,
} from '../algo/health/health.ts'
import { builtInOf, isBuiltInName } from '../builtin/index.ts'
import type { RunConfig } from '../run/config.ts'
import { healthContext } from '../run/health.ts'
import type { Tensor } from '../tensor/tensor.ts'
import { escaped } from './text.ts'

/** What the warnings about a run depend on. */
export interface Warned {
  readonly config: RunConfig
  /** the metrics of its updates, in their order; read once */
  readonly metrics: Iterable<AnyMetrics>
  /** its environment, for warnings about the policy; by default the built-in one of that name */
  readonly env?: HealthContext['env']
  /** what the environments show after the last update, for the warning about their scale */
  readonly observation?: Tensor | null
}

/** Passes the metrics of a run through, and finds its warnings meanwhile. */
export const findingWarnings = ({ config, metrics, env, observation = null }: Warned) => {
  const known = env ?? (isBuiltInName(config.env) ? builtInOf(config.env).env : null)
  const next = healthAfter(healthContext(config, known))
  let health = healthy
  function* passed(): Generator<AnyMetrics, void, undefined> {
    let last: AnyMetrics | null = null
    for (const each of metrics) {
      if (last !== null) health = next(health, last)
      last = each
      yield each
    }
    if (last !== null) health = next(health, last, observation)
  }
  return { metrics: passed(), warnings: () => health.warnings }
}

/** The warnings about a run as a section of a page; nothing if there are none. */
export const warningsHtml = (warnings: readonly HealthWarning[]): string =>
  warnings.length === 0
    ? ''
    : `<h2>Warnings</h2>
<ul class="card">${warnings.map((one) => `<li>${escaped(describeWarning(one))}</li>`).join('')}</ul>
`
