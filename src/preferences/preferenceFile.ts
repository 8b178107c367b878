import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isObject } from '../format/json.ts'
import { parseStrict } from '../format/strictJson.ts'
import { data, own, toArray, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import { stepsOf, type Clip, type ClipForm } from './clip.ts'
import type { Preference } from './labeller.ts'

/**
 * Why a line is not a preference:
 *
 * - `json`: not JSON, or not of the fields below
 * - `length`: a clip has no steps, more than L, or fewer although its episode did not terminate
 * - `shape`: a step has more or fewer numbers than the environment's observations or actions
 * - `number`: a number is too large for 32 bits
 * - `equal`: both clips are the same
 * - `undone`: a label is taken back that was never given
 */
export interface PreferenceError {
  readonly kind: 'json' | 'length' | 'shape' | 'number' | 'equal' | 'undone'
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
 * `{"observation":[[…],…],"action":[[…],…],"terminated":false}` with a row per step.
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

/** A line of a file of labels, in the order in which they were given. */
export interface ClipLabel {
  /**
   * `ranked`: the better clip first; `tied`: neither is better; `undone`: the last label of these clips is
   * taken back
   */
  readonly kind: 'ranked' | 'tied' | 'undone'
  readonly clips: readonly [Clip, Clip]
}

/** The line of a label, ended by a line feed: that of a preference, or `{"tied":[CLIP,CLIP]}`. */
export const encodeClipLabel = ({ kind, clips: [first, second] }: ClipLabel): string =>
  kind === 'ranked'
    ? encodePreferences([{ chosen: first, rejected: second }])
    : `${JSON.stringify({ [kind]: [written(first), written(second)] })}\n`

/** A name of a pair of clips that does not depend on which comes first. */
export const nameOfClips = (clips: ClipLabel['clips']): string =>
  clips
    .map(({ observation, action, terminated }) =>
      [toArray(observation).join(), toArray(action).join(), terminated].join(';'),
    )
    .toSorted()
    .join('|')

const membersOf = (
  u: unknown,
): { readonly kind: ClipLabel['kind']; readonly members: readonly unknown[] } | null => {
  if (!isObject(u)) return null
  const fields = Object.keys(u).toSorted().join()
  if (fields === 'chosen,rejected') return { kind: 'ranked', members: [u['chosen'], u['rejected']] }
  if (fields !== 'tied' && fields !== 'undone') return null
  const members = u[fields]
  return Array.isArray(members) && members.length === 2 ? { kind: fields, members } : null
}

/** `{"tied":[{"observation":[[` opens five brackets. */
const DEPTH = 5

/**
 * The labels that stand, of lines of JSON: preferences (see `encodePreferences`); `{"tied":[CLIP,CLIP]}`; and
 * `{"undone":[CLIP,CLIP]}`, which takes back the last label of these clips. Numbers are rounded to 32
 * bits; blank lines are passed over.
 *
 * @param form that of the environment's clips
 * @returns Left of the first line that is wrong
 */
export const decodeClipLabels =
  (form: ClipForm) =>
  (lines: Iterable<string>): E.Either<PreferenceError, readonly ClipLabel[]> => {
    const labels: Array<{ readonly label: ClipLabel; readonly name: string }> = []
    let row = -1
    for (const line of lines) {
      row++
      if (line.trim() === '') continue
      const wrong = ({ kind, problem }: Failed) =>
        E.left<PreferenceError>({ kind, row, problem: `line ${row + 1}: ${problem}` })
      const parsed = parseStrict(line, DEPTH)
      if (E.isLeft(parsed)) return wrong({ kind: 'json', problem: parsed.left })
      const found = membersOf(parsed.right)
      if (found === null)
        return wrong({
          kind: 'json',
          problem: 'expected {"chosen":{…},"rejected":{…}}, got other fields',
        })
      const { kind, members } = found
      const names = kind === 'ranked' ? ['chosen', 'rejected'] : [`${kind}[0]`, `${kind}[1]`]
      const first = clipOf(form, names[0]!, members[0])
      if (E.isLeft(first)) return wrong(first.left)
      const second = clipOf(form, names[1]!, members[1])
      if (E.isLeft(second)) return wrong(second.left)
      const clips = [first.right, second.right] as const
      if (isSameClip(...clips))
        return wrong({ kind: 'equal', problem: 'expected different clips, got the same twice' })
      const name = nameOfClips(clips)
      if (kind !== 'undone') {
        labels.push({ label: { kind, clips }, name })
        continue
      }
      const at = labels.findLastIndex((one) => one.name === name)
      if (at < 0)
        return wrong({
          kind: 'undone',
          problem: 'expected a label of these clips to take back, got none',
        })
      labels.splice(at, 1)
    }
    return E.right(labels.map(({ label }) => label))
  }

/**
 * The preferences in such lines: see `decodeClipLabels`.
 *
 * @param form that of the environment's clips
 * @returns Left of the first line that is wrong
 */
export const decodePreferences =
  (form: ClipForm) =>
  (lines: Iterable<string>): E.Either<PreferenceError, readonly Preference[]> =>
    pipe(
      decodeClipLabels(form)(lines),
      E.map((labels) =>
        labels.flatMap(({ kind, clips: [chosen, rejected] }) =>
          kind === 'ranked' ? [{ chosen, rejected }] : [],
        ),
      ),
    )
