import { presetsOf } from '../builtin/presets.ts'
import { settings } from '../algo/settings.ts'
import type { RunConfig } from '../run/config.ts'

/** A field of a run, and what the preset has there. */
export type Difference = readonly [path: string, here: string, preset: string]

/** Where a run's config differs from its preset; null where no preset has that name. */
export const changed = ({
  algorithm,
  preset,
  settings: own,
}: RunConfig): readonly Difference[] | null => {
  const presets = presetsOf[algorithm]
  if (!Object.hasOwn(presets, preset)) return null
  const there = new Map(settings(presets[preset]!))
  return settings(own).flatMap(([path, value]): readonly Difference[] => {
    const other = there.get(path) ?? '–'
    return other === value ? [] : [[path, value, other]]
  })
}
