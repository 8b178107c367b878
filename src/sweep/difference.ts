import { settings } from '../algo/settings.ts'
import { excerpt } from '../tensor/printable.ts'
import { canonicalJson } from '../format/json.ts'

/** More differences than this are counted only. */
const MOST = 10
/** A list can be of any length. */
const LONGEST = 120

/** Lists with names for their positions, so that each difference is a separate line. */
const named = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, field]: [string, unknown]) => [
    name,
    Array.isArray(field) && field.some((each) => typeof each === 'object')
      ? named(Object.fromEntries(field.entries()))
      : named(field),
  ])
  return Array.isArray(value) ? value : Object.fromEntries(entries)
}

const flat = (value: object): ReadonlyMap<string, string> =>
  new Map(settings(named(value) as object))

/**
 * Where two values of JSON differ, a line for each field: `seeds: 10 in the folder, 20 requested`. Empty
 * where they are equal.
 */
export const differences = (kept: object, asked: object): readonly string[] => {
  if (canonicalJson(kept) === canonicalJson(asked)) return []
  const [a, b] = [flat(kept), flat(asked)]
  const shown = (found: string | undefined): string =>
    found === undefined ? 'nothing' : excerpt(found, LONGEST)
  const lines = [...new Set([...a.keys(), ...b.keys()])]
    .filter((path) => a.get(path) !== b.get(path))
    .map(
      (path) =>
        `${excerpt(path, LONGEST)}: ${shown(a.get(path))} in the folder, ${shown(b.get(path))} requested`,
    )
  return lines.length <= MOST
    ? lines
    : [...lines.slice(0, MOST), `and ${lines.length - MOST} more differences`]
}
