import { posix } from 'node:path'
import { escaped } from '../../report/text.ts'
import { renderMarkdown, type References, type Rendered } from './markdown.ts'
import {
  languageOf,
  linkBetween,
  outputOf,
  sourceOutputOf,
  stepsOf,
  translationOf,
  type Language,
} from './pages.ts'
import { quote, quoteRequest } from './quote.ts'
import { pageHtml, type Link } from './template.ts'

/** What the guide is made of. */
export interface GuideSources {
  /** texts of pages by their path inside `src/guide`, as `ladder/01-policy-gradient.en.md` */
  readonly pages: ReadonlyMap<string, string>
  /** the text of a file by its path in the repository, or null where there is none */
  readonly read: (path: string) => string | null
  /** the HTML of a plot; throws where none has that name */
  readonly plot: (name: string, caption: string, language: Language) => string
  /** the text of guide.css */
  readonly style: string
}

const FOLDER = 'src/guide'
const STYLE = 'guide.css'
/** Where the page that trains lies, from the guide's folder. */
const DEMO = '../index.html'

/** A source file as a page, each line with an id: `L12`. */
const sourcePage = (path: string, text: string): string => {
  const output = sourceOutputOf(path)
  const lines = text.replace(/\n$/, '').split('\n')
  const code = lines.map((line, i) => `<span id="L${i + 1}">${escaped(line)}\n</span>`).join('')
  return pageHtml({
    language: 'en',
    title: path,
    content: `<h1>${escaped(path)}</h1>\n<pre class="lines" tabindex="0"><code>${code}</code></pre>\n`,
    style: linkBetween(output, STYLE),
    demo: linkBetween(output, DEMO),
    index: linkBetween(output, 'index.html'),
    translation: null,
    previous: null,
    next: null,
  })
}

/** An error that says in which page it is. */
const inPage = <T>(page: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw new Error(
      `${FOLDER}/${page}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * The guide as static pages: paths inside its folder, and their texts.
 *
 * @throws Error that names the page when a link, an anchor, a plot or a quoted line does not exist
 */
export const buildGuide = (sources: GuideSources): ReadonlyMap<string, string> => {
  const { pages, read, plot, style } = sources
  const quoted = new Set<string>()
  const wanted: Array<readonly [page: string, target: string, anchor: string]> = []

  const sourceOf = (path: string): string => {
    const text = read(path)
    if (text === null) throw new RangeError(`${path}: expected a file of the repository`)
    quoted.add(path)
    return text
  }

  const referencesOf = (page: string): References => {
    const output = outputOf(page)
    const link = (href: string): string => {
      if (href.startsWith('https:')) return href
      if (href.startsWith('demo:')) return linkBetween(output, DEMO) + href.slice('demo:'.length)
      const [path = '', anchor = ''] = href.split('#')
      const target =
        path === '' ? posix.join(FOLDER, page) : posix.join(FOLDER, posix.dirname(page), path)
      const inGuide = posix.relative(FOLDER, target)
      if (!pages.has(inGuide)) {
        sourceOf(target)
        return linkBetween(output, sourceOutputOf(target)) + (anchor === '' ? '' : `#${anchor}`)
      }
      if (anchor === '') return linkBetween(output, outputOf(inGuide))
      wanted.push([page, inGuide, decodeURIComponent(anchor)])
      return `${path === '' ? '' : linkBetween(output, outputOf(inGuide))}#${anchor}`
    }
    const source = (text: string): string => {
      const request = quoteRequest(text)
      const { text: lines, line } = quote(sourceOf(request.path), request)
      const href = `${linkBetween(output, sourceOutputOf(request.path))}#L${line}`
      return `<figure class="quote"><figcaption><a href="${escaped(href)}">${escaped(request.path)}</a></figcaption><pre tabindex="0"><code>${escaped(lines)}</code></pre></figure>\n`
    }
    return { link, source, plot: (name, caption) => plot(name, caption, languageOf(page)) }
  }

  const rendered = new Map<string, Rendered>(
    [...pages].map(([page, text]) => [
      page,
      inPage(page, () => renderMarkdown(text, referencesOf(page))),
    ]),
  )
  for (const [page, target, anchor] of wanted)
    inPage(page, () => {
      if (!rendered.get(target)!.anchors.has(anchor))
        throw new RangeError(`#${anchor}: expected a heading of ${target}`)
    })

  const framed = (page: string, { title, html }: Rendered): string => {
    const output = outputOf(page)
    const language = languageOf(page)
    const steps = stepsOf(pages.keys(), language)
    const place = steps.indexOf(page)
    const step = (i: number): Link | null => {
      const other = place < 0 ? undefined : steps[i]
      return other === undefined
        ? null
        : { href: linkBetween(output, outputOf(other)), title: rendered.get(other)!.title }
    }
    const other: Language = language === 'en' ? 'zh' : 'en'
    const translated = translationOf(page, other)
    const index = pages.has(`index.${language}.md`) ? `index.${language}.md` : 'index.en.md'
    return pageHtml({
      language,
      title,
      content: html,
      style: linkBetween(output, STYLE),
      demo: linkBetween(output, DEMO),
      index: linkBetween(output, outputOf(index)),
      translation:
        translated !== null && pages.has(translated)
          ? { language: other, href: linkBetween(output, outputOf(translated)) }
          : null,
      previous: step(place - 1),
      next: step(place + 1),
    })
  }

  return new Map([
    ...[...rendered].map(([page, one]) => [outputOf(page), framed(page, one)] as const),
    ...[...quoted].map((path) => [sourceOutputOf(path), sourcePage(path, read(path)!)] as const),
    [STYLE, style] as const,
  ])
}
