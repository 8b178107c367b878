import { posix } from 'node:path'

/** The languages of the guide. */
export const LANGUAGES = ['en', 'zh'] as const

export type Language = (typeof LANGUAGES)[number]

/** Texts in each language. */
export type Text = { readonly [L in Language]: string }

/** The language of a page, from its file's name: `X.zh.md` is Chinese, `X.en.md` and `X.md` English. */
export const languageOf = (page: string): Language => (page.endsWith('.zh.md') ? 'zh' : 'en')

/** Where a page is written: `X.md` and `X.en.md` at `X.html`, `X.zh.md` at `X.zh.html`. */
export const outputOf = (page: string): string => page.replace(/(\.en)?\.md$/, '.html')

/** The page in another language, whether it exists or not; pages in one language have none. */
export const translationOf = (page: string, language: Language): string | null =>
  /\.(en|zh)\.md$/.test(page) ? page.replace(/\.(en|zh)\.md$/, `.${language}.md`) : null

/** The steps of the ladder in one language, in their order. */
export const stepsOf = (pages: Iterable<string>, language: Language): readonly string[] =>
  [...pages]
    .filter((page) => page.startsWith('ladder/') && page.endsWith(`.${language}.md`))
    .toSorted()

/** Where the page of a source file is written. */
export const sourceOutputOf = (path: string): string => `source/${path}.html`

/** A link from one file of the site to another. */
export const linkBetween = (from: string, to: string): string =>
  posix.relative(posix.dirname(from), to)
