import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { guideServer } from '../../src/demo/guideServer.ts'
import { serveSources } from '../../src/demo/site.ts'

const root = mkdtempSync(join(tmpdir(), 'proximal-guide-'))
afterAll(() => rmSync(root, { recursive: true }))

test('the guide is served next to the sources, and is built once, on demand', async () => {
  writeFileSync(join(root, 'index.html'), '<h1>page</h1>')
  let builds = 0
  const build = () => {
    builds++
    return new Map([
      ['index.html', '<h1>guide</h1>'],
      ['guide.css', 'body {}'],
    ])
  }
  const { url, close } = await serveSources(root, 4273, [guideServer(build)])
  try {
    const read = async (path: string) => (await fetch(new URL(path, url))).text()
    expect(await read('index.html')).toContain('<h1>page</h1>')
    expect(builds).toBe(0)
    expect(await read('guide/')).toBe('<h1>guide</h1>')
    expect(await read('guide/index.html?x=1')).toBe('<h1>guide</h1>')
    const style = await fetch(new URL('guide/guide.css', url))
    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
    expect(builds).toBe(1)
  } finally {
    await close()
  }
})
