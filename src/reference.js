/**
 * Writes the API reference of every entry point that package.json names into `.build/reference`, as
 * static pages: `npm run build:reference`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application } from 'typedoc'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** The source of each entry point that has types. */
const entryPoints = Object.values(exports)
  .map(({ types }) => types)
  .filter((types) => types !== undefined)
  .map((types) => join(ROOT, types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts')))

const app = await Application.bootstrap({
  name,
  entryPoints,
  tsconfig: join(ROOT, 'src/tsconfig.json'),
  out: join(ROOT, '.build/reference'),
  readme: 'none',
  disableSources: true,
  hideGenerator: true,
  // What a signature mentions is shown by its name there, exported or not.
  validation: { notExported: false, invalidLink: true, rewrittenLink: true },
  treatWarningsAsErrors: true,
})
const project = await app.convert()
if (project !== undefined) {
  app.validate(project)
  if (!app.logger.hasErrors() && !app.logger.hasWarnings()) await app.generateOutputs(project)
}
process.exitCode =
  project === undefined || app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0
