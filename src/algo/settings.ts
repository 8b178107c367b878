/** A field of a config, as `adam.epsilon` and `1e-5`. */
export type Setting = readonly [path: string, value: string]

/** Every field of a config. */
export const settings = (config: object, before = ''): readonly Setting[] =>
  Object.entries(config).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? settings(value, `${before}${key}.`)
      : [[before + key, JSON.stringify(value)] as const],
  )

const isObject = (u: unknown): u is object =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const replaced = (config: object, [key, ...rest]: readonly string[], value: unknown): object => {
  const inner: unknown = Object.entries(config).find(([name]) => name === key)?.[1]
  return {
    ...config,
    [key!]: isObject(inner) && rest.length > 0 ? replaced(inner, rest, value) : value,
  }
}

/** The config with another value at a path, as `adam.epsilon`. */
export const withSetting = (config: object, path: string, value: unknown): object =>
  replaced(config, path.split('.'), value)
