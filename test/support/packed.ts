import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'

/** The files of a package by their paths, as text where asked. */
export interface Packed {
  readonly sizes: ReadonlyMap<string, number>
  readonly text: (path: string) => string
}

/** A package as it lies in a folder. */
export const packedIn = (folder: string): Packed => ({
  sizes: new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((path): [string, number] => {
        const found = statSync(join(folder, path))
        return [path.replaceAll('\\', '/'), found.isFile() ? found.size : -1]
      })
      .filter(([path, size]) => size >= 0 && !path.startsWith('node_modules/')),
  ),
  text: (path) => readFileSync(join(folder, path), 'utf8'),
})

/** What package.json says that a package holds. */
export interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin: Readonly<Record<string, string>>
}

const targets = ({ exports, bin }: Manifest): readonly string[] =>
  [...Object.values(exports), ...Object.values(bin)]
    .flatMap((to) => (typeof to === 'string' ? to : Object.values(to)))
    .map((path) => posix.normalize(path))

/** What npm adds by itself, and what tells people about the package. */
const ABOUT = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'dist/NOTICES',
]
/** Manifests and examples that people copy. */
const COPIED = /^(src\/distributed\/deploy|test\/examples\/[a-z-]+)\//
/** Pages about work on the package, which has more files than are published. */
const OF_THE_REPOSITORY = new Set(['CONTRIBUTING.md', 'CHANGELOG.md'])
/** Folders of the repository that nobody who installs the package uses. */
const UNPUBLISHED = /(^|\/)(test|tests|demo|bench|guide|fuzz)\/|\.(test|bench)\.|tsbuildinfo/

/** Relative links of a page of Markdown, as paths inside the package. */
export const linksOf = (page: string, text: string): readonly string[] =>
  [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, link]) =>
    posix.join(posix.dirname(page), link!),
  )

/** Every file that README.md leads to, with the page that links it. */
const linked = ({ sizes, text }: Packed): ReadonlyMap<string, string> => {
  const found = new Map([['README.md', 'package.json']])
  for (const page of found.keys())
    if (page.endsWith('.md') && sizes.has(page) && !OF_THE_REPOSITORY.has(page))
      for (const file of linksOf(page, text(page))) if (!found.has(file)) found.set(file, page)
  return found
}

/** The modules for bundlers; those of other packages, below vendor, have no source maps. */
const isOwnModule = (path: string): boolean => /^dist\/modules\/(?!vendor\/).*\.js$/.test(path)

const mapProblems = (packed: Packed): readonly string[] =>
  [...packed.sizes.keys()].flatMap((path) => {
    if (!path.endsWith('.js')) return []
    const named = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(packed.text(path))?.[1]
    if (named === undefined) return isOwnModule(path) ? [`${path}: names no source map`] : []
    const file = posix.join(posix.dirname(path), named)
    if (!packed.sizes.has(file)) return [`${path}: ${file} is missing`]
    if (!isOwnModule(path)) return []
    const { sourcesContent } = JSON.parse(packed.text(file)) as {
      readonly sourcesContent?: ReadonlyArray<string | null>
    }
    const isWhole = sourcesContent?.every((source) => source !== null) === true
    return isWhole ? [] : [`${file}: has no sources`]
  })

/** Whether a file belongs to the package, by where it lies and how its name ends. */
const belongs = (path: string, links: ReadonlyMap<string, string>): boolean =>
  ABOUT.includes(path) ||
  links.has(path) ||
  COPIED.test(path) ||
  (/^dist\/.*(\.d\.ts|\.js|\.js\.map)$/.test(path) && !UNPUBLISHED.test(path))

/**
 * What is wrong with the files of a package: entry points or linked files that are missing, source maps
 * without sources, files that nobody needs, and too many bytes.
 */
export const packingProblems = (
  packed: Packed,
  manifest: Manifest,
  limit: number,
): readonly string[] => {
  const links = linked(packed)
  const paths = [...packed.sizes.keys()]
  const bytes = [...packed.sizes.values()].reduce((sum, size) => sum + size, 0)
  const missing = [...ABOUT, ...targets(manifest)].filter((path) => !packed.sizes.has(path))
  return [
    ...missing.map((path) => `${path}: is missing`),
    ...[...links]
      .filter(([path]) => !packed.sizes.has(path) && !missing.includes(path))
      .map(([path, page]) => `${path}: is missing, and ${page} links to it`),
    ...paths.filter((path) => !belongs(path, links)).map((path) => `${path}: is unexpected`),
    ...mapProblems(packed),
    ...(bytes > limit ? [`unpacked: expected at most ${limit} bytes, got ${bytes}`] : []),
  ]
}
