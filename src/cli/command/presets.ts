import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Settings } from '../../algo/algorithm.ts'
import { presetsOf } from '../../builtin/presets.ts'
import { settings } from '../../algo/settings.ts'
import { algorithmOptions, known, parseAlgorithm } from '../algorithm.ts'
import { defineCommand } from '../command.ts'
import { write } from '../output.ts'
import { columns } from '../text.ts'

interface Presets {
  readonly [name: string]: Settings
}

/** Where two presets differ. */
const differences = (presets: Presets, a: string, b: string) => {
  const others = new Map(settings(presets[b]!))
  return settings(presets[a]!).flatMap(([path, value]) => {
    const other = others.get(path)!
    return value === other ? [] : [{ path, a: value, b: other }]
  })
}

const parsed = (json: string): unknown => JSON.parse(json)

/** What to print for no preset, one preset, or two. */
const describe = (
  presets: Presets,
  [a, b]: readonly string[],
): {
  readonly text: () => string
  readonly json: () => unknown
} => {
  if (a === undefined)
    return { text: () => Object.keys(presets).join('\n'), json: () => Object.keys(presets) }
  if (b === undefined) return { text: () => columns(settings(presets[a]!)), json: () => presets[a] }
  const differing = differences(presets, a, b)
  return {
    text: () =>
      differing.length === 0
        ? `${a} and ${b} are the same`
        : columns([['', a, b], ...differing.map((row) => [row.path, row.a, row.b])]),
    json: () =>
      differing.map((row) => ({ path: row.path, [a]: parsed(row.a), [b]: parsed(row.b) })),
  }
}

/** Prints the names of all presets, the fields of one, or where two differ. */
export const command = defineCommand({
  name: 'presets',
  example: 'proximal presets --diff cleanrl sb3',
  usage: `  proximal presets        list all presets; with a name, show its fields
    --diff A B            show where two presets differ
    --algo NAME           presets of another algorithm (ppo)
    --json
`,
  options: { diff: { type: 'boolean' }, json: { type: 'boolean' }, ...algorithmOptions },
  positionals: ({ values, names }) => {
    if (values.diff === true) return ['<preset>', '<other preset>']
    return names.length > 0 ? ['<preset>'] : []
  },
  run: ({ values, names }, { stdout }) =>
    pipe(
      E.Do,
      E.bind('algorithm', () => parseAlgorithm(values.algo)),
      E.let('presets', ({ algorithm }) => presetsOf[algorithm]),
      E.bind('names', ({ presets }) =>
        E.traverseArray(known('preset', Object.keys(presets)))(names),
      ),
      TE.fromEither,
      TE.map(({ presets, names }) => {
        const { text, json } = describe(presets, names)
        write(stdout, `${values.json === true ? JSON.stringify(json()) : text()}\n`)
        return 0
      }),
    ),
})
