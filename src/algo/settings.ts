/** A field of a config, as `adam.epsilon` and `1e-5`. */
export type Setting = readonly [path: string, value: string]

/** Every field of a config. */
export const settings = (config: object, before = ''): readonly Setting[] =>
  Object.entries(config).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? settings(value, `${before}${key}.`)
      : [[before + key, JSON.stringify(value)] as const],
  )
