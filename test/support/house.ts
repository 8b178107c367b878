import { builtinModules } from 'node:module'
import { posix } from 'node:path'

/** The rooms of src, in the order in which they may import each other: down this list only. */
export const ROOMS = [
  'math',
  'tensor',
  'format',
  'kernel',
  'engine',
  'random',
  'distribution',
  'nn',
  'optim',
  'env',
  'inference',
  'picture',
  'rl',
  'algo',
  'builtin',
  'rlhf',
  'preferences',
  'run',
  'report',
  'sweep',
  'distributed',
  'worker',
  'cli',
  'guide',
  'demo',
  'testing',
]

/** Files by their path inside src, as `rl/gae.ts`. */
export type Sources = ReadonlyMap<string, string>

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;])\/\/.*$/gm, '$1')

const specifiersIn = (text: string): ReadonlyArray<readonly [whole: string, name: string]> =>
  [
    ...withoutComments(text).matchAll(
      /(?:^|[\s;}])(?:import|export)\s(?:[^'"();]*?\sfrom\s)?\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/g,
    ),
  ].map((match) => [match[0], (match[1] ?? match[2])!])

/** What a file imports or re-exports from, types too, statically or dynamically. */
export const specifiersOf = (text: string): readonly string[] =>
  specifiersIn(text).map(([, name]) => name)

const isDynamic = /\bimport\s*\(/

/** The same without what is imported when it is asked for. */
export const staticSpecifiersOf = (text: string): readonly string[] =>
  specifiersIn(text).flatMap(([whole, name]) => (isDynamic.test(whole) ? [] : [name]))

const isOurs = (specifier: string): boolean => specifier.startsWith('.')

const targetOf = (path: string, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(path), specifier))

/** The room of a file; files beside the rooms, such as index.ts, have none. */
const roomOf = (path: string): string | null => (path.includes('/') ? path.split('/')[0]! : null)

const importsOf = (sources: Sources, path: string): readonly string[] =>
  specifiersOf(sources.get(path) ?? '')
    .filter(isOurs)
    .map((specifier) => targetOf(path, specifier))

/** Rooms that use the house from outside: they may import what stands beside the rooms, too. */
const OUTSIDE = new Set(['cli', 'demo'])

/** Imports that go up the list of rooms, out of src, or nowhere. */
export const orderViolations = (sources: Sources): readonly string[] =>
  [...sources.keys()].flatMap((path) => {
    const room = roomOf(path)
    if (room === null) return []
    const place = ROOMS.indexOf(room)
    if (place < 0) return [`${path}: ${room} is no room of the house`]
    return importsOf(sources, path).flatMap((target) => {
      if (!sources.has(target)) return [`${path}: imports ${target}, which is no file of src`]
      const other = roomOf(target)
      if (other === null)
        return OUTSIDE.has(room) ? [] : [`${path}: imports ${target}, which stands above all rooms`]
      if (ROOMS.indexOf(other) > place) return [`${path}: imports ${target}, ${room} < ${other}`]
      return []
    })
  })

/** Rings of imports, each as the files along it. */
export const importCycles = (sources: Sources): readonly string[] => {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const target of importsOf(sources, path)) visit(target, [...trail, path])
    done.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return cycles
}

/** fp-ts in any form but `fp-ts/lib/X.js`. */
export const fpTsViolations = (sources: Sources): readonly string[] =>
  [...sources].flatMap(([path, text]) =>
    specifiersOf(text)
      .filter((name) => /^fp-ts(\/|$)/.test(name) && !/^fp-ts\/lib\/\w+\.js$/.test(name))
      .map((name) => `${path}: imports ${name}`),
  )

/** fast-check, which few have installed, anywhere but in testing, and testing from the index. */
export const testingViolations = (sources: Sources): readonly string[] =>
  [...sources].flatMap(([path, text]) =>
    roomOf(path) === 'testing'
      ? []
      : specifiersOf(text)
          .filter((name) => name === 'fast-check' || name.startsWith('./testing/'))
          .map((name) => `${path}: imports ${name}`),
  )

/** What may touch the file system: the library's files, and the guide's, which are read when it is built. */
const FILE_SYSTEM = new Set(['run/disk/file.ts', 'guide/files.ts'])

/** The file system anywhere else. */
export const fileSystemViolations = (sources: Sources): readonly string[] =>
  [...sources].flatMap(([path, text]) =>
    FILE_SYSTEM.has(path)
      ? []
      : specifiersOf(text)
          .filter((name) => /^(node:)?fs(\/|$)/.test(name))
          .map((name) => `${path}: imports ${name}`),
  )

/** A file and all of ours that it leads to, at once or when it is asked for. */
export const reachable = (sources: Sources, from: string): ReadonlySet<string> => {
  const seen = new Set([from])
  for (const path of seen) for (const target of importsOf(sources, path)) seen.add(target)
  return seen
}

const ofNode = new Set(builtinModules)

/** What only Node has, where `from` leads to and before anybody asks for it. */
export const nodeViolations = (sources: Sources, from: string): readonly string[] =>
  [...reachable(sources, from)].flatMap((path) =>
    staticSpecifiersOf(sources.get(path) ?? '')
      .filter((name) => name.startsWith('node:') || ofNode.has(name))
      .map((name) => `${path}: imports ${name}`),
  )
