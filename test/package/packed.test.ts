import { describe, expect, test } from 'vitest'
import { linksOf, packingProblems, type Packed } from '../support/packed.ts'

const MAP = JSON.stringify({ sourcesContent: ['export const a = 1'] })
const manifest = {
  exports: {
    '.': {
      types: './dist/index.d.ts',
      node: './dist/index.js',
      default: './dist/modules/index.js',
    },
    './package.json': './package.json',
  },
  bin: { proximal: 'dist/cli/main.js' },
}
const whole: { readonly [path: string]: string } = {
  'package.json': '{}',
  'README.md': 'A [guide](src/guide/a.md#one) and [more](https://a.b/c) and [here](#there).',
  LICENSE: '',
  'CHANGELOG.md': '',
  'CONTRIBUTING.md': 'Read [a test](test/a.test.ts).',
  'dist/NOTICES': '',
  'dist/index.d.ts': '',
  'dist/index.js': '',
  'dist/cli/main.js': '',
  'dist/modules/index.js': '//# sourceMappingURL=index.js.map',
  'dist/modules/index.js.map': MAP,
  'dist/modules/vendor/fp-ts/Either.js': '',
  'dist/modules/testing/index.js': '//# sourceMappingURL=index.js.map\n',
  'dist/modules/testing/index.js.map': MAP,
  'src/guide/a.md': 'As [its source](../rl/gae.ts) says.',
  'src/rl/gae.ts': '',
  'src/distributed/deploy/redis.conf': '',
}

const packed = (files: { readonly [path: string]: string }): Packed => ({
  sizes: new Map(Object.entries(files).map(([path, text]) => [path, text.length])),
  text: (path) => files[path]!,
})

const problems = (files: { readonly [path: string]: string }): readonly string[] =>
  packingProblems(packed(files), manifest, 1000)

describe('what a published package holds', () => {
  test('has no problems where every file has its reason', () => {
    expect(problems(whole)).toEqual([])
  })

  test.each([
    'test/a.test.ts',
    'dist/demo/page.js',
    'dist/rl/gae.test.js',
    'dist/bench/speed.d.ts',
    'dist/tsconfig.tsbuildinfo',
    'dist/kernel/kernels.wasm',
    'src/rl/kl.ts',
    '.env',
  ])('%s is a surprise', (path) => {
    expect(problems({ ...whole, [path]: '' })).toEqual([`${path}: is unexpected`])
  })

  test.each(['dist/index.d.ts', 'dist/index.js', 'dist/modules/index.js', 'dist/cli/main.js'])(
    '%s must be there: package.json names it',
    (path) => {
      const { [path]: _, ...others } = whole
      expect(problems(others)).toContain(`${path}: is missing`)
    },
  )

  test('what README.md links to must be there, and what that links to', () => {
    const { 'src/guide/a.md': _, ...noGuide } = whole
    expect(problems(noGuide)).toContain('src/guide/a.md: is missing, and README.md links to it')
    const { 'src/rl/gae.ts': __, ...noSource } = whole
    expect(problems(noSource)).toEqual([
      'src/rl/gae.ts: is missing, and src/guide/a.md links to it',
    ])
  })

  test.each([
    ['names no source map', { 'dist/modules/index.js': 'export {}' }],
    ['has no sources', { 'dist/modules/index.js.map': '{"sources":["a.ts"]}' }],
    ['has no sources', { 'dist/modules/index.js.map': '{"sourcesContent":[null]}' }],
    ['index.js.map is missing', { 'dist/index.js': '//# sourceMappingURL=index.js.map' }],
  ])('a module that %s is a problem', (problem, files) => {
    expect(problems({ ...whole, ...files })).toEqual([expect.stringContaining(problem)])
  })

  test('its size is limited', () => {
    expect(problems({ ...whole, LICENSE: ' '.repeat(1000) })).toEqual([
      expect.stringMatching(/^unpacked: expected at most 1000 bytes, got 1\d{3}$/),
    ])
  })
})

test('links of a page are read as paths of the package', () => {
  expect(
    linksOf('a/b.md', '[x](c.md) [y](../d/e.ts#L3) [z](http://f) [w](#g) ![p](plot:q)'),
  ).toEqual(['a/c.md', 'd/e.ts'])
})
