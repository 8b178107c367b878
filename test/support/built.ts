import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * The folder of the package that `test/build.ts` builds; programs inside it import it as `proximal`. A suite
 * that runs beside one that builds names another folder.
 */
export const BUILT = process.env['PROXIMAL_BUILT'] ?? join(process.cwd(), '.build/tested')

/** A file of the built package, such as `index.js`. */
export const built = (file: string): string => join(BUILT, 'dist', file)

/** A file of the built package as the address that a module imports. */
export const builtUrl = (file: string): string => pathToFileURL(built(file)).href
