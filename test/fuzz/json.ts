import type { Draw } from './draw.ts'

/** Stands in a value for text that no value prints as. */
const RAW = '@raw@'

/** Text instead of a value, of which only some is JSON. */
const raws: ReadonlyArray<(draw: Draw) => string> = [
  () => '1e308',
  () => '-1e308',
  () => '1e999',
  () => '-0',
  () => '5e-324',
  () => '4294967295',
  () => '9007199254740993',
  () => '0.5',
  () => 'NaN',
  () => '',
  () => '01',
  () => '"\\ud800"',
  () => 'null,"__proto__":{"length":4e9}',
  () => '{"__proto__":null,"toString":1,"length":4294967295}',
  () => '1,"format":"proximal run 1","format":2',
  () => '0,"ppo":{},"chain":[],"update":7',
  ({ oneOf }) => {
    const depth = oneOf([3, 50, 2000, 20_000])
    return '['.repeat(depth) + ']'.repeat(depth)
  },
  ({ oneOf }) => {
    const depth = oneOf([3, 50, 2000])
    return '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
  },
  ({ oneOf }) => `[${'0,'.repeat(oneOf([3, 70, 3000]))}0]`,
  ({ oneOf }) => JSON.stringify('x'.repeat(oneOf([1, 70, 300, 40_000]))),
]

const values: readonly unknown[] = [
  null,
  true,
  '',
  'cartpole',
  '__proto__',
  'constructor',
  '\u0000\u{10FFFF}',
  {},
  [],
  [null],
  [[[[]]]],
  { length: 3 },
]

const numbers = [0, 1, 2, 3, -1, 0.1, 1e15, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -1e308]

/** What devalue reads as something else than a list of places. */
const marks: ReadonlyArray<(draw: Draw) => unknown> = [
  ({ below, oneOf }) => [-7, oneOf([0, 3, 1e6, 3e7, 4e9, 2 ** 32 - 1]), below(4), below(9)],
  () => [-7, 4294967295],
  () => ['ArrayBuffer', 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ({ oneOf, below }) => [
    oneOf(['Float64Array', 'Uint8Array', 'DataView', 'BigInt64Array']),
    below(40),
    oneOf([0, 1, 8, 4e9]),
    oneOf([0, 1, 4e9]),
  ],
  ({ below }) => ['Map', below(40), below(40), below(40)],
  ({ below }) => ['Set', below(40), below(40)],
  ({ below }) => ['null', 'words', below(40), 'length', below(40)],
  ({ below }) => ['Object', below(40)],
  ({ oneOf }) => ['BigInt', oneOf(['1', '-9'.repeat(3), '9'.repeat(30_000), 'x'])],
  ({ oneOf }) => ['Date', oneOf(['2020-01-01', 'x'])],
  () => ['RegExp', '(a+)+$', 'g'],
  () => ['RegExp', '(', 'zz'],
  () => ['URL', 'http://['],
  ({ below }) => [below(40), below(40)],
  ({ below }) => ({ toString: below(40), valueOf: below(40) }),
  ({ below }) => ({ words: below(40), state: below(40), key: below(40), length: below(40) }),
]

type Parent = { [name: string | number]: unknown }

/** Every place in a value that something else may be put. */
const placesIn = (value: unknown): ReadonlyArray<readonly [Parent, string | number]> => {
  const found: (readonly [Parent, string | number])[] = []
  const open: unknown[] = [value]
  while (open.length > 0) {
    const at = open.pop()
    if (typeof at !== 'object' || at === null) continue
    for (const name of Object.keys(at)) {
      found.push([at as Parent, name])
      open.push((at as Parent)[name])
    }
  }
  return found
}

/** Text of JSON with some of its values changed. */
export const mutateJson = (draw: Draw, text: string, isDevalue = false): string => {
  const { below, oneOf, unit } = draw
  const root: Parent = { root: JSON.parse(text) as unknown }
  const places = placesIn(root)
  const written: string[] = []
  for (let n = 1 + below(3); n > 0; n--) {
    const [parent, name] = oneOf(places)
    const kind = below(isDevalue ? 12 : 8)
    if (kind === 0) delete parent[name]
    else if (kind === 1) parent[name] = oneOf(values)
    else if (kind === 2) {
      const [other, from] = oneOf(places)
      const moved = parent[name]
      const taken: unknown = other[from]
      // Text, not the value itself, which might then hold itself.
      parent[name] = JSON.parse(JSON.stringify(taken ?? null)) as unknown
      if (typeof moved !== 'object') other[from] = moved
    } else if (kind === 3) {
      parent[name] = `${RAW}${written.length}@`
      written.push(oneOf(raws)(draw))
    } else if (kind === 4 && Array.isArray(parent)) {
      const times = unit() < 0.01 ? 2000 : below(5)
      parent.push(...Array<unknown>(times).fill(parent[Number(name)]))
    } else if (kind === 5 && !Array.isArray(parent))
      parent[oneOf(['extra', 'toString', 'length', '0'])] = oneOf(values)
    else if (kind < 8) parent[name] = isDevalue ? below(40) - 8 : oneOf(numbers)
    else parent[name] = oneOf(marks)(draw)
  }
  const out = (JSON.stringify(root['root']) as string | undefined) ?? ''
  return out.replace(/"@raw@(\d+)@"/g, (_, i: string) => written[Number(i)] ?? '')
}
