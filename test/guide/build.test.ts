import { describe, expect, test } from 'vitest'
import { buildGuide, type GuideSources } from '../../src/guide/build/guide.ts'

const built = (pages: { readonly [path: string]: string }, more: Partial<GuideSources> = {}) =>
  buildGuide({
    pages: new Map(Object.entries(pages)),
    read: (path) => (path === 'src/a.ts' ? 'export const a = 1 < 2\n' : null),
    plot: (name, caption, language) => `<figure>${name} ${caption} ${language}</figure>`,
    style: '',
    ...more,
  })

describe('a page of the guide', () => {
  test('is written in the language of its name, beside its translation and the steps around it', () => {
    const site = built({
      'index.en.md': '# Start',
      'index.zh.md': '# 开始',
      'ladder/01-one.en.md': '# One',
      'ladder/02-two.en.md': '# Two',
      'ladder/02-two.zh.md': '# 二',
      'ladder/03-three.en.md': '# Three',
    })
    const two = site.get('ladder/02-two.html')!
    expect(two).toContain('<html lang="en">')
    expect(two).toContain('href="02-two.zh.html" lang="zh-Hans"')
    expect(two).toMatch(/rel="prev" href="01-one.html">.*One<\/a>/)
    expect(two).toMatch(/rel="next" href="03-three.html">.*Three<\/a>/)
    expect(two).toContain('href="../index.html"')
    expect(two).toContain('href="../../index.html"')
    const chinese = site.get('ladder/02-two.zh.html')!
    expect(chinese).toContain('<html lang="zh-Hans">')
    expect(chinese).toContain('href="../index.zh.html"')
    expect(chinese).not.toContain('rel="prev"')
  })

  test('links to pages, to their headings, to sources and to the page that trains', () => {
    const site = built({
      'index.en.md': '# Start\n\n## What it is\n\n[b](ladder/b.en.md)',
      'ladder/b.en.md':
        '# B\n\n[up](../index.en.md#what-it-is) [here](#b) [a](../../a.ts) [paper](https://arxiv.org) [try](demo:#/arena)',
    })
    expect(site.get('index.html')).toContain('href="ladder/b.html"')
    const page = site.get('ladder/b.html')!
    for (const href of [
      '../index.html#what-it-is',
      '#b',
      '../source/src/a.ts.html',
      'https://arxiv.org',
      '../../index.html#/arena',
    ])
      expect(page).toContain(`<a href="${href}">`)
    expect(site.get('source/src/a.ts.html')).toContain('<span id="L1">export const a = 1 &lt; 2\n')
  })

  test('has formulas as MathML, quotes of sources, and plots with captions', () => {
    const page = built({
      'a.md':
        '# A\n\nthe ratio $r_t < 1$ costs \\$5\n\n$$\n\\frac{a}{b}\n$$\n\n```source\nsrc/a.ts#a\n```\n\n![what *one* sees](plot:lines)\n',
    }).get('a.html')!
    expect(page).toMatch(/the ratio <math>.*<msub>.*<\/math> costs \$5/)
    expect(page).toMatch(/<div class="math" tabindex="0"><math[^>]*>.*<mfrac>/)
    expect(page).toMatch(
      /href="source\/src\/a.ts.html#L1">src\/a.ts<\/a>.*export const a = 1 &lt; 2/,
    )
    expect(page).toContain('<figure>lines what *one* sees en</figure>')
  })

  test('has no empty header cells in its tables, and tables and code that scroll by keys', () => {
    const page = built({ 'a.md': '# A\n\n|   | n |\n| - | - |\n| a | 1 |\n\n```\nx\n```' }).get(
      'a.html',
    )!
    expect(page).toContain('<thead><tr><td></td><th>n</th>\n</tr></thead>')
    expect(page).toContain('<div class="scroll" tabindex="0"><table>')
    expect(page).toContain('<pre tabindex="0"><code>x</code></pre>')
  })

  test.each([
    ['a page that is missing', '# A\n\n[b](b.md)', 'expected a file of the repository'],
    ['a heading that is missing', '# A\n\n[b](#b)', '#b: expected a heading of a.md'],
    ['a source that is missing', '# A\n\n```source\nsrc/b.ts#b\n```', 'src/b.ts: expected a file'],
    ['a declaration that is missing', '# A\n\n```source\nsrc/a.ts#b\n```', 'declaration of b'],
    ['a formula that is wrong', '# A\n\n$\\frac{1$', 'Unexpected end of input'],
    ['a picture', '# A\n\n![b](b.png)', 'b.png: expected a plot'],
    ['a plot within a line', '# A\n\nsee ![b](plot:b)', 'alone in its paragraph'],
    ['no title', 'A', 'expected one heading of level 1, got 0'],
    ['two titles', '# A\n\n# B', 'expected one heading of level 1, got 2'],
    ['a heading that skips a level', '# A\n\n### B', 'expected a heading of level 2 at most'],
  ])('with %s is an error that names the page', (_, text, message) => {
    expect(() => built({ 'a.md': text })).toThrow(/^src\/guide\/a\.md: /)
    expect(() => built({ 'a.md': text })).toThrow(message)
  })
})
