import { Marked, type Token, type Tokens, type TokenizerAndRendererExtension } from 'marked'
import temml from 'temml'
import { escaped } from '../../report/text.ts'

/** What the text of a page refers to. All of these throw where there is no such thing. */
export interface References {
  /** the address of a link */
  readonly link: (href: string) => string
  /** the HTML of a block of language `source` */
  readonly source: (request: string) => string
  /** the HTML of a plot, by its name, with the caption below it */
  readonly plot: (name: string, caption: string) => string
}

export interface Rendered {
  readonly title: string
  readonly html: string
  /** ids of the headings */
  readonly anchors: ReadonlySet<string>
}

const mathOf = (tex: string, displayMode: boolean): string =>
  temml.renderToString(tex, { displayMode, throwOnError: true })

const displayMath: TokenizerAndRendererExtension = {
  name: 'displayMath',
  level: 'block',
  start: (text) => text.indexOf('$$'),
  tokenizer: (text) => {
    const match = /^\$\$([^]+?)\$\$(?:\n|$)/.exec(text)
    return match === null ? undefined : { type: 'displayMath', raw: match[0], text: match[1] }
  },
  renderer: ({ text }) => `<div class="math" tabindex="0">${mathOf(String(text), true)}</div>\n`,
}

const inlineMath: TokenizerAndRendererExtension = {
  name: 'inlineMath',
  level: 'inline',
  start: (text) => text.indexOf('$'),
  tokenizer: (text) => {
    const match = /^\$((?:\\.|[^$\\\n])+)\$/.exec(text)
    return match === null ? undefined : { type: 'inlineMath', raw: match[0], text: match[1] }
  },
  renderer: ({ text }) => mathOf(String(text), false),
}

/** The id of a heading, as GitHub makes it. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

const isPlot = (token: Token | undefined): token is Tokens.Image =>
  token?.type === 'image' && (token as Tokens.Image).href.startsWith('plot:')

/**
 * The HTML of a page: GitHub's Markdown, `$…$` and `$$…$$` as MathML, blocks of language `source` as
 * quotes, and images `plot:NAME` as figures.
 *
 * @throws RangeError when the page has no title of its own, a heading skips a level, or an image is no plot
 */
export const renderMarkdown = (text: string, references: References): Rendered => {
  const anchors = new Set<string>()
  const titles: string[] = []
  let level = 0
  const marked = new Marked({
    extensions: [displayMath, inlineMath],
    renderer: {
      heading({ tokens, depth, text: heading }) {
        if (depth > level + 1)
          throw new RangeError(`${heading}: expected a heading of level ${level + 1} at most`)
        level = depth
        if (depth === 1) titles.push(heading)
        const slug = slugOf(heading)
        anchors.add(slug)
        return `<h${depth} id="${escaped(slug)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      paragraph({ tokens }) {
        const [first, ...rest] = tokens
        if (isPlot(first) && rest.length === 0)
          return references.plot(first.href.slice('plot:'.length), first.text)
        return `<p>${this.parser.parseInline(tokens)}</p>\n`
      },
      image({ href }) {
        throw new RangeError(`image ${href}: expected a plot, alone in its paragraph`)
      },
      link({ href, tokens }) {
        return `<a href="${escaped(references.link(href))}">${this.parser.parseInline(tokens)}</a>`
      },
      code({ text: code, lang }) {
        if (lang === 'source') return references.source(code)
        return `<pre tabindex="0"><code>${escaped(code)}</code></pre>\n`
      },
      table({ header, rows }) {
        const cells = (row: readonly Tokens.TableCell[]): string =>
          row.map((cell) => (cell.text === '' ? '<td></td>' : this.tablecell(cell))).join('')
        const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('')
        return `<div class="scroll" tabindex="0"><table><thead><tr>${cells(header)}</tr></thead><tbody>${body}</tbody></table></div>\n`
      },
    },
  })
  const html = marked.parse(text, { async: false })
  if (titles.length !== 1)
    throw new RangeError(`title: expected one heading of level 1, got ${titles.length}`)
  return { title: titles[0]!, html, anchors }
}
