import { buildGuide } from '../guide/build/guide.ts'
import { guideSources, writeGuide } from '../guide/files.ts'
import { guideServer } from './guideServer.ts'
import { buildSite, GUIDE, ROOT, serveSite, serveSources, SITE } from './site.ts'

/** `npm run demo`, and `npm run demo:dev` for those who change the page; in the folder of the package. */
const PORT = 4173

const open = async () => {
  if (process.argv.includes('--dev')) {
    return serveSources(ROOT, PORT, [guideServer(() => buildGuide(guideSources('.')))])
  }
  await buildSite(ROOT, SITE)
  writeGuide('.', GUIDE)
  return serveSite(ROOT, SITE, PORT)
}

const { url } = await open()
process.stdout.write(`${url}  (Ctrl-C ends it)\n`)
