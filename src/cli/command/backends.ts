import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { COURSE, survey, type Survey } from '../../kernel/gpu/survey.ts'
import { describeBackend, shownSpeed, verdicts } from '../../kernel/gpu/verdict.ts'
import { defineCommand } from '../command.ts'
import { openConsole, progress, type Console } from '../console.ts'
import { wrap } from '../text.ts'

/** Measures and shows the progress. */
const measure = async (screen: Console): Promise<Survey> => {
  const measuring = survey({ ...COURSE, now: () => performance.now() })
  const first = await measuring.next()
  if (first.done === true) return first.value
  const bar = progress(screen, 'backends', first.value.total, 'pieces')
  try {
    for (let next = await measuring.next(); ; next = await measuring.next()) {
      if (next.done === true) return next.value
      const { done, name, n } = next.value
      bar.update(done, () => `${name} ${n}`)
    }
  } finally {
    bar.stop()
  }
}

/** The table for a person, in lines of up to so many characters where a column can be so narrow. */
const textOf = (found: Survey, columns: number): string => {
  const { sizes, backends, missing } = found
  const name = Math.max('GFLOP/s'.length, ...backends.map(({ name }) => name.length))
  const row = (first: string, cells: readonly string[]): string =>
    first.padEnd(name) + cells.map((cell) => cell.padStart(6)).join('')
  const measured = backends.filter(({ speeds }) => speeds.some((speed) => speed !== null))
  const isCut = measured.some(({ speeds, problem }) => problem === null && speeds.includes(null))
  const say = (text: string): string => wrap(text, columns, 0)
  return [
    row('GFLOP/s', sizes.map(String)),
    ...measured.map(({ name, speeds }) =>
      row(
        name,
        speeds.map((speed) => shownSpeed(speed?.median)),
      ),
    ),
    '',
    say(
      `Products of n × n matrices from arrays to arrays, n above: medians of ${COURSE.rounds} rounds.`,
    ),
    ...(isCut ? [say(`–: would have taken more than ${COURSE.budget / 1000} s.`)] : []),
    '',
    ...backends.map(
      (backend) =>
        backend.name.padEnd(name + 2) + wrap(describeBackend(backend), columns, name + 2),
    ),
    '',
    ...(missing === null ? [] : [say(missing)]),
    ...verdicts(found).map(say),
  ].join('\n')
}

/** Measures how fast this machine's backends multiply matrices. */
export const command = defineCommand({
  name: 'backends',
  example: 'proximal backends',
  usage: `  proximal backends       list this machine's backends and their speed at matrix products
    --json
`,
  options: { json: { type: 'boolean' } },
  positionals: () => [],
  run: ({ values }, streams) => {
    const screen = openConsole(streams, values.json)
    return pipe(
      TE.fromTask(() => measure(screen)),
      TE.map((found) => {
        screen.block(textOf(found, Math.min(100, screen.stream.columns || 100)))
        screen.result(() => found)
        return 0
      }),
    )
  },
})
