import * as E from 'fp-ts/lib/Either.js'
import { isObject } from '../format/json.ts'
import { parseStrict } from '../format/strictJson.ts'
import { data, own, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import { stepsOf, type Clip, type ClipForm } from './clip.ts'
import type { Preference } from './labeller.ts'

/**
 * Why a line is no preference:
 *
 * - `json`: not JSON, or not of the fields below
 * - `length`: a clip has no steps, more than L, or fewer although its episode did not terminate
 * - `shape`: a step has more or fewer numbers than the environment's observations or actions
 * - `number`: a number is too large for 32 bits
 * - `equal`: both clips are the same
 */
export interface PreferenceError {
  readonly kind: 'json' | 'length' | 'shape' | 'number' | 'equal'
  /** the line, from 0 on */
  readonly row: number
  readonly problem: string
}

type Table = ReadonlyArray<readonly number[]>

const tableOf = (t: Tensor<[string, string]>): Table => {
  const [rows, columns] = t.shape
  const x = data(t)
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, j) => x[row * columns + j]!),
  )
}

const written = ({ observation, action, terminated }: Clip) => ({
  observation: tableOf(observation),
  action: tableOf(action),
  terminated,
})

/**
 * A line for each preference, ended by a line feed: `{"chosen":CLIP,"rejected":CLIP}`, and a clip is
 * `{"observation":[[…],…],"action":[[…],…],"terminated":false}` with a row a step.
 */
export const encodePreferences = (preferences: readonly Preference[]): string =>
  preferences
    .map(
      ({ chosen, rejected }) =>
        `${JSON.stringify({ chosen: written(chosen), rejected: written(rejected) })}\n`,
    )
    .join('')

type Failed = Omit<PreferenceError, 'row'>

const failed = (kind: PreferenceError['kind'], problem: string): E.Either<Failed, never> =>
  E.left({ kind, problem })

const isTable = (u: unknown): u is Table =>
  Array.isArray(u) &&
  u.every((row) => Array.isArray(row) && row.every((x) => typeof x === 'number'))

const table = <D extends string>(
  name: string,
  rows: Table,
  dim: D,
  columns: number,
): E.Either<Failed, Tensor<['step', D]>> => {
  const out = new Float32Array(rows.length * columns)
  for (const [step, row] of rows.entries()) {
    if (row.length !== columns)
      return failed('shape', `${name}[${step}]: expected ${columns} numbers, got ${row.length}`)
    out.set(row, step * columns)
    const wrong = row.findIndex((_, j) => !Number.isFinite(out[step * columns + j]!))
    if (wrong >= 0)
      return failed(
        'number',
        `${name}[${step}][${wrong}]: expected a number of 32 bits, got ${row[wrong]}`,
      )
  }
  return E.right(own(['step', dim], [rows.length, columns], out))
}

const FIELDS = ['action', 'observation', 'terminated']

const clipOf = (
  { length, features, actions }: ClipForm,
  name: string,
  u: unknown,
): E.Either<Failed, Clip> => {
  const expected = `${name}: expected {"observation":[[…]],"action":[[…]],"terminated":false}`
  if (!isObject(u) || Object.keys(u).toSorted().join() !== FIELDS.join())
    return failed('json', `${expected}, got other fields`)
  const { observation, action, terminated } = u
  if (!isTable(observation) || !isTable(action) || typeof terminated !== 'boolean')
    return failed('json', `${expected}, got other values`)
  const steps = observation.length
  if (action.length !== steps)
    return failed('length', `${name}.action: expected ${steps} steps, got ${action.length}`)
  if (steps === 0 || steps > length)
    return failed('length', `${name}: expected 1 to ${length} steps, got ${steps}`)
  if (steps < length && !terminated)
    return failed(
      'length',
      `${name}: expected ${length} steps of an episode that did not terminate, got ${steps}`,
    )
  const seen = table(`${name}.observation`, observation, 'feature', features)
  if (E.isLeft(seen)) return seen
  const done = table(`${name}.action`, action, 'action', actions)
  if (E.isLeft(done)) return done
  return E.right({ observation: seen.right, action: done.right, terminated })
}

const isSameNumbers = (a: ReadonlyNumbers, b: ReadonlyNumbers): boolean =>
  a.length === b.length && Array.from(a).every((x, i) => x === b[i])

/** Whether two clips show the same. */
export const isSameClip = (a: Clip, b: Clip): boolean =>
  stepsOf(a) === stepsOf(b) &&
  a.terminated === b.terminated &&
  isSameNumbers(data(a.observation), data(b.observation)) &&
  isSameNumbers(data(a.action), data(b.action))

/** `{"chosen":{"observation":[[` opens four brackets. */
const DEPTH = 4

/**
 * Preferences from lines of JSON (see `encodePreferences`). Numbers are rounded to 32 bits; blank lines
 * are passed over.
 *
 * @param form that of the environment's clips
 * @returns Left of the first line that is wrong
 */
export const decodePreferences =
  (form: ClipForm) =>
  (lines: Iterable<string>): E.Either<PreferenceError, readonly Preference[]> => {
    const preferences: Preference[] = []
    let row = -1
    for (const line of lines) {
      row++
      if (line.trim() === '') continue
      const wrong = ({ kind, problem }: Failed) =>
        E.left<PreferenceError>({ kind, row, problem: `line ${row + 1}: ${problem}` })
      const parsed = parseStrict(line, DEPTH)
      if (E.isLeft(parsed)) return wrong({ kind: 'json', problem: parsed.left })
      const u = parsed.right
      if (!isObject(u) || Object.keys(u).toSorted().join() !== 'chosen,rejected')
        return wrong({
          kind: 'json',
          problem: 'expected {"chosen":{…},"rejected":{…}}, got other fields',
        })
      const chosen = clipOf(form, 'chosen', u['chosen'])
      if (E.isLeft(chosen)) return wrong(chosen.left)
      const rejected = clipOf(form, 'rejected', u['rejected'])
      if (E.isLeft(rejected)) return wrong(rejected.left)
      if (isSameClip(chosen.right, rejected.right))
        return wrong({ kind: 'equal', problem: 'expected different clips, got the same twice' })
      preferences.push({ chosen: chosen.right, rejected: rejected.right })
    }
    return E.right(preferences)
  }
