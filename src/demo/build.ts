import { relative } from 'node:path'
import { buildSite, ROOT, SITE } from './site.ts'

/** `npm run build:demo`, which runs in the folder of the package. */
await buildSite(ROOT, SITE)
process.stdout.write(`${relative('.', SITE)}\n`)
