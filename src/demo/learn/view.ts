import type { GpuParts } from '../../algo/ppo/gpu/parts.ts'
import { updatesOf, type Metrics } from '../../algo/ppo/index.ts'
import { returnSvg } from '../../report/returnSvg.ts'
import { PAGE_STYLE } from '../../report/style.ts'
import { escaped, grouped, short } from '../../report/text.ts'
import type { Choices } from './choices.ts'

/** That of a report, and what this page has beside it. */
export const STYLE = `${PAGE_STYLE}
progress{display:block;width:100%;height:8px;margin:24px 0 8px;accent-color:var(--line)}
p.note{margin:8px 2px;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
.verdict{margin:12px 0;padding:14px 16px;font-weight:600}
.verdict p{margin:2px 0}
`

/** How far a run is, and what it runs on. */
export interface Shown {
  readonly choices: Choices
  readonly metrics: readonly Metrics[]
  readonly seconds: number
  /** null where kernels learn */
  readonly on: Pick<GpuParts<never>, 'device' | 'transfers'> | null
  /** what ended it before its end, or null */
  readonly problem: string | null
}

const head = ({ env, seed, backend }: Choices): string =>
  `<header><h1>${env}</h1><p>PPO, preset ${env}, seed ${seed}, backend ${backend}</p></header>`

const engineOf = ({ on, choices }: Shown): string =>
  on === null
    ? `${choices.backend}: the same bits on every machine`
    : `${on.device.mode}, ${on.device.adapter}: ${on.transfers.up} arrays up and ${on.transfers.down} down for ${on.transfers.minibatches} minibatches, ${((on.transfers.up + on.transfers.down) / on.transfers.minibatches).toFixed(1)} per minibatch`

export const problemHtml = (problem: string): string =>
  `<header><h1>Learning</h1></header><div class="card verdict" role="alert"><p>${escaped(problem)}</p></div>`

export const shownHtml = (shown: Shown): string => {
  const { choices, metrics, seconds, problem } = shown
  const { config, env, seed } = choices
  const last = metrics.at(-1)
  const updates = updatesOf(config)
  const done = last?.update ?? 0
  const left = done === 0 ? null : (seconds / done) * (updates - done)
  const told =
    last === undefined
      ? 'the first update'
      : `update ${grouped(done)} of ${grouped(updates)}, ${grouped(Math.round(last.steps / seconds))} steps a second${done < updates && left !== null ? `, ${Math.ceil(left)} s left` : ''}`
  const losses =
    last === undefined
      ? ''
      : `<p class="note">policy loss ${short(last.policyLoss)} · value loss ${short(last.valueLoss)} · KL ${short(last.approxKl)} · gradient ${short(last.gradNorm)}</p>`
  return `${head(choices)}<progress aria-label="learned" max="${updates}" value="${done}"></progress><p class="note" role="status">${escaped(told)}</p>${
    problem === null
      ? ''
      : `<div class="card verdict" role="alert"><p>${escaped(problem)}</p><p>The ${grouped(done)} updates before it are kept.</p></div>`
  }<figure class="card">${returnSvg({ env: env, seed }, metrics)}</figure>${losses}<p class="note">${escaped(engineOf(shown))}</p>`
}
