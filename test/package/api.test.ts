import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { apiReport } from '../support/apiReport.ts'
import { BUILT } from '../support/built.ts'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
}

const entries = Object.fromEntries(
  Object.entries(exports).flatMap(([entry, to]) =>
    typeof to === 'string' ? [] : [[entry, join(BUILT, to.types)] as const],
  ),
)

test('proximal.api.md shows every public type as it is now: `npm run api` rewrites it', async () => {
  const report = apiReport(entries, BUILT)
  for (const entry of ['index', 'distributed', 'gpu', 'inference', 'testing'])
    expect(report).toContain(`declare namespace ${entry} {`)
  await expect(
    report,
    'public types changed: `npm run api` rewrites the report',
  ).toMatchFileSnapshot('proximal.api.md')
})
