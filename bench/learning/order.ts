/** What was asked for: which rows, by which configs. */
import * as E from 'fp-ts/lib/Either.js'
import { isPresetName, presets, type PresetName } from '../../src/builtin/presets.ts'
import { notOneOf } from '../../src/cli/problem.ts'
import { withSettings } from '../../src/cli/settings.ts'
import {
  isEnvironmentName,
  environments,
  type EnvironmentName,
} from '../../src/env/environments.ts'
import type { ppo } from '../../src/index.ts'
import { wholeNumber } from './options.ts'
import { rows, type Row } from './rows.ts'

/** A row and how it is learned. */
export interface RowOrder {
  readonly row: Row
  readonly world: EnvironmentName
  readonly preset: PresetName
  readonly config: ppo.PpoConfig
}

export interface Asked {
  readonly world: string
  readonly preset?: string | undefined
  readonly steps?: string | undefined
  readonly set?: readonly string[] | undefined
}

const rowOf = (name: string): Row => {
  const row = rows.find(({ world }) => world === name)
  if (row === undefined)
    throw new RangeError(notOneOf('--world', name, ['all', ...rows.map(({ world }) => world)]))
  return row
}

/**
 * The rows asked for, each by its own preset unless another is given.
 *
 * @throws RangeError when a row, a world, a preset or a setting is not there
 */
export const rowsAsked = ({
  world: names,
  preset: given,
  steps,
  set,
}: Asked): readonly RowOrder[] =>
  (names === 'all' ? rows : names.split(',').map(rowOf)).map((row) => {
    const { world } = row
    const preset = given ?? world
    if (!isEnvironmentName(world))
      throw new RangeError(notOneOf('--world', world, Object.keys(environments)))
    if (!isPresetName(preset))
      throw new RangeError(notOneOf('--preset', preset, Object.keys(presets)))
    const start = presets[preset]
    const totalSteps = steps === undefined ? start.totalSteps : wholeNumber('steps', steps, 1)
    const config = withSettings('ppo', { ...start, totalSteps }, set ?? [])
    if (E.isLeft(config)) throw new RangeError(config.left)
    return { row, world, preset, config: config.right }
  })
