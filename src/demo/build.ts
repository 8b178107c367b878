import { relative } from 'node:path'
import { writeGuide } from '../guide/files.ts'
import { buildSite, GUIDE, ROOT, SITE } from './site.ts'

/** `npm run build:demo`, which runs in the folder of the package. */
await buildSite(ROOT, SITE)
writeGuide('.', GUIDE)
process.stdout.write(`${relative('.', SITE)}\n`)
