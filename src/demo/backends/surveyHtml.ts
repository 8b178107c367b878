import { escaped } from '../../report/text.ts'
import type { Course } from '../../kernel/gpu/measure.ts'
import type { Backend, Survey } from '../../kernel/gpu/survey.ts'
import { describeBackend, shownSpeed, verdicts } from '../../kernel/gpu/verdict.ts'
import { chartSvg } from './chart.ts'
import type { SurveyWords } from './words.ts'

/** Lines are drawn of the GPUs and of what they are compared with. */
const isDrawn =
  (host: string) =>
  ({ name, isGpu }: Backend): boolean =>
    isGpu || name === host

const key = (name: string, drawn: boolean): string =>
  `<span class="key${drawn ? '' : ' no'}"${drawn ? ` style="background:var(--${name})"` : ''}></span>`

const speeds = ({ sizes, backends, host }: Survey): string =>
  `<div class="card pad scroll" tabindex="0" role="region" aria-label="GFLOP/s"><table class="speeds"><thead><tr><th scope="col">GFLOP/s</th>${sizes
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

const what = ({ backends }: Survey, words: SurveyWords): string =>
  `<div class="card pad stack"><h3>${escaped(words.what)}</h3><table class="what"><tbody>${backends
    // Nothing that a reader of a page could do would bring this one to it.
    .filter(({ name }) => name !== 'headlessgl')
    .map(
      (backend) =>
        `<tr${backend.adapter === null ? ' class="absent"' : ''}><th scope="row">${backend.name}</th><td>${escaped(describeBackend(backend))}</td></tr>`,
    )
    .join('')}</tbody></table></div>`

const figure = ({ sizes, backends, host }: Survey, words: SurveyWords): string => {
  const drawn = backends.filter(isDrawn(host))
  const svgs = [
    chartSvg(sizes, drawn, 1050, 400, 'wide'),
    chartSvg(sizes, drawn, 360, 280, 'narrow'),
  ]
  return `<figure class="card pad"><figcaption class="row between"><b>${escaped(words.over)}</b><span class="quiet small">${escaped(words.logarithmic)}</span></figcaption>${svgs.join('')}</figure>`
}

/** All that was found, as text of a page. */
export const surveyHtml = (
  found: Survey,
  { rounds, budget }: Omit<Course, 'now'>,
  words: SurveyWords,
): string =>
  [
    `<div class="card pad verdict" lang="en">${[
      ...(found.missing === null ? [] : [found.missing]),
      ...verdicts(found),
    ]
      .map((line) => `<p>${escaped(line)}</p>`)
      .join('')}</div>`,
    figure(found, words),
    speeds(found),
    `<p class="quiet small">${escaped(words.note(rounds, budget / 1000))}</p>`,
    what(found, words),
  ].join('')
