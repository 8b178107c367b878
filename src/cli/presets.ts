import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isPresetName, presets, type PresetName } from '../algo/ppo/presets.ts'
import { settings } from '../algo/settings.ts'
import { parseCommand } from './arguments.ts'
import { write } from './output.ts'
import { notOneOf, type Problem } from './problem.ts'

/** Where two presets differ. */
const differences = (a: PresetName, b: PresetName) => {
  const others = new Map(settings(presets[b]))
  return settings(presets[a]).flatMap(([path, value]) => {
    const other = others.get(path)!
    return value === other ? [] : [{ path, a: value, b: other }]
  })
}

/** Columns as wide as their widest entry. */
const columns = (rows: ReadonlyArray<readonly string[]>): string => {
  const widths = rows[0]!.map((_, j) => Math.max(...rows.map((row) => row[j]!.length)))
  return rows
    .map((row) =>
      row
        .map((text, j) => text.padEnd(widths[j]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const known = E.fromPredicate(isPresetName, (name): Problem =>
  notOneOf('preset', name, Object.keys(presets)),
)

const say = (text: string): number => {
  write(process.stdout, `${text}\n`)
  return 0
}

const parsed = (json: string): unknown => JSON.parse(json)

/** The names of all presets, the fields of one, or where two differ. */
export const showPresets = (args: readonly string[]): E.Either<Problem, number> => {
  const isDiff = args.includes('--diff')
  const isNamed = args.some((arg) => !arg.startsWith('-'))
  const expected = isDiff ? ['<preset>', '<other preset>'] : isNamed ? ['<preset>'] : []
  return pipe(
    parseCommand(args, { diff: { type: 'boolean' }, json: { type: 'boolean' } }, expected),
    E.bindTo('given'),
    E.bind('names', ({ given }) => E.traverseArray(known)(given.names)),
    E.map(({ given: { values }, names: [a, b] }) => {
      const isJson = values.json === true
      if (a === undefined)
        return say(isJson ? JSON.stringify(Object.keys(presets)) : Object.keys(presets).join('\n'))
      if (b === undefined)
        return say(isJson ? JSON.stringify(presets[a]) : columns(settings(presets[a])))
      const differing = differences(a, b)
      if (isJson)
        return say(
          JSON.stringify(
            differing.map((row) => ({ path: row.path, [a]: parsed(row.a), [b]: parsed(row.b) })),
          ),
        )
      return say(
        differing.length === 0
          ? `${a} and ${b} are the same`
          : columns([['', a, b], ...differing.map((row) => [row.path, row.a, row.b])]),
      )
    }),
  )
}
