import { escaped } from '../../report/text.ts'
import type { Course, Progress } from '../../kernel/gpu/measure.ts'
import type { Backend, Survey } from '../../kernel/gpu/survey.ts'
import { describeBackend, shownSpeed, verdicts } from '../../kernel/gpu/verdict.ts'
import { chartSvg } from './chart.ts'

const HEAD =
  '<header><h1>Backends</h1><p>What this browser has to multiply matrices with, measured: GFLOP/s of products of n × n matrices.</p></header>'

export const progressHtml = (progress: Progress | null): string =>
  `${HEAD}<progress aria-label="measured" ${progress === null ? '' : `max="${progress.total}" value="${progress.done}"`}></progress><p class="note" role="status">${
    progress === null
      ? 'Looking for GPUs …'
      : escaped(`Measuring ${progress.name}, n = ${progress.n}`)
  }</p>`

export const problemHtml = (problem: string): string =>
  `${HEAD}<div class="card verdict" role="alert"><p>${escaped(problem)}</p></div>`

/** Lines are drawn of the GPUs and of what they are compared with. */
const isDrawn =
  (host: string) =>
  ({ name, isGpu }: Backend): boolean =>
    isGpu || name === host

const key = (name: string, drawn: boolean): string =>
  `<span class="key${drawn ? '' : ' no'}"${drawn ? ` style="background:var(--${name})"` : ''}></span>`

const speeds = ({ sizes, backends, host }: Survey): string =>
  `<div class="card"><table class="speeds"><thead><tr><th scope="col">GFLOP/s</th>${sizes
    .map((n) => `<th scope="col">n = ${n}</th>`)
    .join('')}</tr></thead><tbody>${backends
    .filter(({ adapter }) => adapter !== null)
    .map(
      (backend) =>
        `<tr><th scope="row">${key(backend.name, isDrawn(host)(backend))}${backend.name}</th>${backend.speeds
          .map((speed) =>
            speed === null
              ? '<td>–</td>'
              : `<td>${shownSpeed(speed.median)}<small>${shownSpeed(speed.min)} … ${shownSpeed(speed.max)}</small></td>`,
          )
          .join('')}</tr>`,
    )
    .join('')}</tbody></table></div>`

const what = ({ backends }: Survey): string =>
  `<h2>What they are</h2><div class="card"><table class="what"><tbody>${backends
    // Nothing that a reader of a page could do would bring this one to it.
    .filter(({ name }) => name !== 'headlessgl')
    .map(
      (backend) =>
        `<tr${backend.adapter === null ? ' class="absent"' : ''}><th scope="row">${backend.name}</th><td>${escaped(describeBackend(backend))}</td></tr>`,
    )
    .join('')}</tbody></table></div>`

const figure = ({ sizes, backends, host }: Survey): string => {
  const drawn = backends.filter(isDrawn(host))
  const svgs = [
    chartSvg(sizes, drawn, 1050, 400, 'wide'),
    chartSvg(sizes, drawn, 360, 280, 'narrow'),
  ]
  return `<figure><figcaption><b>GFLOP/s over n</b><span>both logarithmic</span></figcaption>${svgs.join('')}</figure>`
}

/** All that was found, as what stands inside a page's `<main>`. */
export const surveyHtml = (found: Survey, { rounds, budget }: Omit<Course, 'now'>): string =>
  [
    HEAD,
    `<div class="card verdict">${[
      ...(found.missing === null ? [] : [found.missing]),
      ...verdicts(found),
    ]
      .map((line) => `<p>${escaped(line)}</p>`)
      .join('')}</div>`,
    figure(found),
    speeds(found),
    `<p class="note">Medians of ${rounds} rounds, with the smallest and the largest; all from arrays to arrays, so that GPUs are sent both matrices and send one back. –: not measured, as it would have taken more than ${budget / 1000} s or had failed.</p>`,
    what(found),
  ].join('')
