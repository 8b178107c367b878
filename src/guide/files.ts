import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { buildGuide, type GuideSources } from './build/guide.ts'
import type { Language } from './build/pages.ts'
import { plots } from './plots/index.ts'
import { figureHtml, type Panel } from './plots/panel.ts'

/** Draws plots by name, each computed once for all languages. */
const drawer = (effort: number): GuideSources['plot'] => {
  const computed = new Map<string, readonly Panel[]>()
  return (name, caption, language: Language) => {
    const plot = Object.hasOwn(plots, name) ? plots[name] : undefined
    if (plot === undefined)
      throw new RangeError(`plot: expected one of ${Object.keys(plots).join(', ')}, got ${name}`)
    const panels = computed.get(name) ?? plot(effort)
    computed.set(name, panels)
    return figureHtml(panels, caption, language)
  }
}

/** What MathML needs in some browsers, without a font of its own. */
const MATH_STYLE = 'node_modules/temml/dist/Temml-Local.css'

/**
 * What the guide is made of, from the folder of the package.
 *
 * @param root that folder
 * @param effort the part of the work that plots do, at most 1
 */
export const guideSources = (root: string, effort = 1): GuideSources => {
  const folder = join(root, 'src/guide')
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md'))
    .toSorted()
  return {
    pages: new Map(pages.map((path) => [path, read(`src/guide/${path}`)])),
    read: (path) => {
      const file = join(root, path)
      return existsSync(file) && statSync(file).isFile() ? read(path) : null
    },
    plot: drawer(effort),
    style: [
      read(MATH_STYLE).replace(/@font-face \{[^}]*\}/, ''),
      read('src/demo/style.css'),
      read('src/guide/guide.css'),
    ].join('\n'),
  }
}

/** Writes the guide into a folder. */
export const writeGuide = (root: string, outDir: string): void => {
  for (const [path, text] of buildGuide(guideSources(root))) {
    const file = join(outDir, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}
