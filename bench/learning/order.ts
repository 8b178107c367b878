/** What was asked for: which rows, by which settings. */
import * as E from 'fp-ts/lib/Either.js'
import type { Settings } from '../../src/algo/algorithm.ts'
import { presetsOf } from '../../src/builtin/presets.ts'
import { notOneOf } from '../../src/cli/problem.ts'
import { withSettings } from '../../src/cli/settings.ts'
import { wholeNumber } from './options.ts'
import { rows, type Row } from './rows.ts'

/** A row and how it is learned. */
export interface RowOrder {
  readonly row: Row
  readonly settings: Settings
}

export interface Asked {
  readonly rows: string
  readonly preset?: string | undefined
  readonly steps?: string | undefined
  readonly set?: readonly string[] | undefined
}

const rowOf = (name: string): Row => {
  const row = rows.find((each) => each.name === name)
  if (row === undefined)
    throw new RangeError(notOneOf('--rows', name, ['all', ...rows.map((each) => each.name)]))
  return row
}

/**
 * The rows asked for, each by its own preset unless another is given.
 *
 * @throws RangeError for an unknown row, preset or setting
 */
export const rowsAsked = ({ rows: names, preset, steps, set }: Asked): readonly RowOrder[] =>
  (names === 'all' ? rows : names.split(',').map(rowOf)).map((own) => {
    const row = preset === undefined ? own : { ...own, preset }
    const known = presetsOf[row.algorithm]
    const start = known[row.preset]
    if (start === undefined)
      throw new RangeError(notOneOf('--preset', row.preset, Object.keys(known)))
    const totalSteps = steps === undefined ? start.totalSteps : wholeNumber('steps', steps, 1)
    const settings = withSettings(row.algorithm, { ...start, totalSteps }, set ?? [])
    if (E.isLeft(settings)) throw new RangeError(settings.left)
    return { row, settings: settings.right }
  })
