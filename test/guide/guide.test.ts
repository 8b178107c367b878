import { describe, expect, test } from 'vitest'
import { buildGuide } from '../../src/guide/build/guide.ts'
import { LANGUAGES, outputOf, stepsOf, translationOf } from '../../src/guide/build/pages.ts'
import { guideSources } from '../../src/guide/files.ts'
import { plots } from '../../src/guide/plots/index.ts'

/** Runs that train are a few updates long here. */
const EFFORT = 0.02

const sources = guideSources('.', EFFORT)
const { pages } = sources
// That it is built at all says that every link, heading, quoted line and plot exists.
const site = buildGuide(sources)
const english = stepsOf(pages.keys(), 'en')

const all = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map((match) => match[1]!)

/** What a step has in every language. */
const shared = (text: string) => ({
  formulas: all(text, /^\$\$\n([^]*?)\$\$$/gm),
  quotes: all(text, /```source\n([^]*?)```/g),
  programs: all(text, /```ts\n([^]*?)```/g),
  plots: all(text, /\]\(plot:(.*?)\)/g),
  headings: all(text, /^(#+) /gm),
  links: all(text, /\]\((?!plot:)(.*?)\)/g).map((link) => link.replace('.zh.md', '.en.md')),
})

const inlineFormulas = (text: string): ReadonlySet<string> =>
  new Set(all(text.replace(/\$\$[^]*?\$\$|```[^]*?```/g, ''), /\$([^$\n]+)\$/g))

describe('the ladder', () => {
  test('has ten steps, in both languages', () => {
    expect(english).toHaveLength(10)
    expect(stepsOf(pages.keys(), 'zh')).toEqual(english.map((page) => translationOf(page, 'zh')))
  })

  test.each(['index.en.md', ...english])(
    '%s has the same formulas, quotes, plots and links in both',
    (page) => {
      const [en, zh] = LANGUAGES.map((language) => pages.get(translationOf(page, language)!)!)
      expect(shared(zh!)).toEqual(shared(en!))
      expect(inlineFormulas(zh!)).toEqual(inlineFormulas(en!))
    },
  )

  test.each(english)('%s has a formula, a source and a plot of its own', (page) => {
    const { formulas, quotes, plots } = shared(pages.get(page)!)
    expect(formulas.length).toBeGreaterThan(0)
    expect(quotes.length).toBeGreaterThan(0)
    expect(plots).toHaveLength(1)
  })
})

describe('the pages', () => {
  test.each([...pages.keys()])('%s is linked from the index', (page) => {
    const isChinese = page.endsWith('.zh.md')
    const index = site.get(isChinese ? 'index.zh.html' : 'index.html')!
    expect(index).toContain(`href="${outputOf(page)}"`)
  })

  test.each([...site.keys()].filter((path) => path.endsWith('.html')))(
    '%s needs no script, and says what screen readers need',
    (path) => {
      const html = site.get(path)!
      expect(html).not.toMatch(/<script|\son\w+=|javascript:/)
      expect(html).toContain(
        path.endsWith('.zh.html') ? '<html lang="zh-Hans">' : '<html lang="en">',
      )
      expect(html.match(/<h1[ >]/g)).toHaveLength(1)
      expect(html).toMatch(/<title>[^<]+ · Proximal<\/title>/)
      const pictures = all(html, /(<svg[^>]*><title>[^<]{10,}<\/title>)/g)
      expect(html.split('<svg').length - 1).toBe(pictures.length)
      for (const picture of pictures) expect(picture).toContain('role="img"')
      for (const drawn of all(html, /(<svg[^]*?<\/svg>)/g))
        expect(drawn).not.toMatch(/NaN|Infinity|undefined/)
    },
  )
})

describe('the plots', () => {
  test('are all used', () => {
    const used = new Set([...pages.values()].flatMap((text) => shared(text).plots))
    expect(used).toEqual(new Set(Object.keys(plots)))
  })

  test.each(Object.entries(plots))('%s is finite, and the same each time', (_, plot) => {
    const panels = plot(EFFORT)
    for (const { curves } of panels)
      for (const { points } of curves) {
        expect(points.length).toBeGreaterThan(1)
        for (const point of points) expect(point.every(Number.isFinite)).toBe(true)
      }
    expect(plot(EFFORT)).toEqual(panels)
  })
})
