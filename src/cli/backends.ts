import * as E from 'fp-ts/lib/Either.js'
import { COURSE, survey, type Survey } from '../kernel/gpu/survey.ts'
import { describeBackend, shownSpeed, verdicts } from '../kernel/gpu/verdict.ts'
import { parseCommand } from './arguments.ts'
import type { Problem } from './problem.ts'
import { progress, screen, type Screen } from './show.ts'
import { writeJson } from './output.ts'

/** Measures and shows how far it is. */
const measuredOn = async (show: Screen): Promise<Survey> => {
  const measuring = survey({ ...COURSE, now: () => performance.now() })
  const first = await measuring.next()
  if (first.done === true) return first.value
  const bar = progress(show, 'backends', first.value.total, 'pieces')
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

/** Words in lines of up to so many characters, those after the first one indented. */
const wrapped = (text: string, width: number, indent: number): string => {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && indent + line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join(`\n${' '.repeat(indent)}`)
}

/** The table for a person, in lines of up to so many characters where a column can be so narrow. */
const textOf = (found: Survey, columns: number): string => {
  const { sizes, backends, missing } = found
  const name = Math.max('GFLOP/s'.length, ...backends.map(({ name }) => name.length))
  const row = (first: string, cells: readonly string[]): string =>
    first.padEnd(name) + cells.map((cell) => cell.padStart(6)).join('')
  const measured = backends.filter(({ speeds }) => speeds.some((speed) => speed !== null))
  const isCut = measured.some(({ speeds, problem }) => problem === null && speeds.includes(null))
  const say = (text: string): string => wrapped(text, columns, 0)
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
        backend.name.padEnd(name + 2) + wrapped(describeBackend(backend), columns, name + 2),
    ),
    '',
    ...(missing === null ? [] : [say(missing)]),
    ...verdicts(found).map(say),
  ].join('\n')
}

/** What this machine has to multiply matrices with, measured. */
export const showBackends = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const given = parseCommand(args, { json: { type: 'boolean' } }, [])
  if (E.isLeft(given)) return given
  const json = given.right.values.json === true
  const show = screen(json)
  const found = await measuredOn(show)
  show.block(textOf(found, Math.min(100, show.stream.columns || 100)))
  if (json) writeJson(found)
  return E.right(0)
}
