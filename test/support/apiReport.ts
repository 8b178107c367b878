import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'

/** An entry point's export in the report: `proximal` itself is `index`. */
const named = (entry: string): string => (entry === '.' ? 'index' : entry.replace('./', ''))

/** A module of declarations whose exports are all entry points, so that one report has each type once. */
const entriesModule = (entries: Readonly<Record<string, string>>, from: string): string =>
  Object.entries(entries)
    .map(([entry, file]) => {
      const path = relative(from, file).replaceAll('\\', '/')
      return `export * as ${named(entry)} from './${path.replace(/\.d\.ts$/, '.js')}'\n`
    })
    .join('')

const silent = { default: { logLevel: ExtractorLogLevel.None } }

const settings = (folder: string, entry: string): ExtractorConfig =>
  ExtractorConfig.prepare({
    packageJsonFullPath: join(process.cwd(), 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: process.cwd(),
      mainEntryPointFilePath: entry,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2023', 'DOM'],
            types: [],
            module: 'nodenext',
            strict: true,
            skipLibCheck: true,
          },
          files: [entry],
        },
      },
      apiReport: {
        enabled: true,
        // Types without a name of their own in the package are what configs and states are made of.
        includeForgottenExports: true,
        reportFileName: 'report.api.md',
        reportFolder: folder,
        reportTempFolder: join(folder, 'temporary'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
  })

/**
 * Every public type of a package as one sorted text, by API Extractor.
 *
 * @param entries the file of declarations of each entry point by its name in `exports`
 * @param inside a folder of an ES module package, where a folder is made and removed again
 * @throws Error where the declarations do not compile
 */
export const apiReport = (entries: Readonly<Record<string, string>>, inside: string): string => {
  mkdirSync(inside, { recursive: true })
  const folder = mkdtempSync(join(inside, 'api-'))
  try {
    const entry = join(folder, 'entries.d.ts')
    writeFileSync(entry, entriesModule(entries, folder))
    const errors: string[] = []
    Extractor.invoke(settings(folder, entry), {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true
        if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.text)
      },
    })
    if (errors.length > 0) throw new Error(errors.join('\n'))
    return readFileSync(join(folder, 'report.api.md'), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}
