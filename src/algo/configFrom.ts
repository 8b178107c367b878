import { near } from '../tensor/nearest.ts'
import { shown } from '../tensor/shown.ts'
import { isRecord } from './snapshot.ts'

/** Fields that replace those of a config; fields of nested records can be given individually. */
export type Overrides<C> = { readonly [K in keyof C]?: Override<C[K]> | undefined }

type Override<T> = T extends readonly unknown[] ? T : T extends object ? Overrides<T> : T

/** A preset, by name or as a config, and the fields to replace. */
export type ConfigInput<C, N extends string> = { readonly preset: N | C } & Overrides<C>

const merged = (base: object, over: object): object => {
  const changed = Object.entries(over)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]: [string, unknown]) => {
      const mine: unknown = Object.hasOwn(base, key) ? base[key as keyof typeof base] : undefined
      return [key, isRecord(mine) && isRecord(value) ? merged(mine, value) : value] as const
    })
  return { ...base, ...Object.fromEntries(changed) }
}

/**
 * Makes the function that fills in a partial config from a preset.
 *
 * @param presets by their names
 * @param checked throws for an invalid config
 */
export const configFrom =
  <C extends object, N extends string>(
    presets: { readonly [K in N]: C },
    checked: (config: C) => C,
  ) =>
  (input: ConfigInput<C, N>): C => {
    const names = Object.keys(presets)
    if (!isRecord(input))
      throw new RangeError(
        `config: expected { preset, …fields }, got ${shown(input)}: name a preset, one of ${names.join(', ')}`,
      )
    const { preset, ...over } = input as { readonly preset?: unknown }
    if (isRecord(preset)) return checked(merged(preset, over) as C)
    if (typeof preset === 'string' && Object.hasOwn(presets, preset))
      return checked(merged(presets[preset as N], over) as C)
    const like = typeof preset === 'string' ? near(preset, names) : null
    throw new RangeError(
      `preset: expected a config or one of ${names.join(', ')}, got ${shown(preset)}${like === null ? '' : `: did you mean ${like}?`}`,
    )
  }
