/**
 * The package as one file per module, in `dist/modules`, for bundlers: they keep what a program uses, which
 * they cannot tell inside the bundles that Node loads. fp-ts is copied beside it as ES modules.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'

const SPECIFIER = /(\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\()(['"])([^'"]+)\2/g
/** `fp-ts/lib/Either.js`, `fp-ts/es6/Either` and `fp-ts` */
const VENDORED = /^(fp-ts)(?:\/(?:lib|es6)\/(\w+)(?:\.js)?)?$/

/** @type {(from: string, to: string) => string} */
const relative = (from, to) => {
  const path = String(posix.relative(posix.dirname(from), to))
  return path.startsWith('.') ? path : `./${path}`
}

/**
 * The path of a module among the others, by what a file imports; null for what stays as it is.
 *
 * @type {(file: string, id: string) => string | null}
 */
const targetOf = (file, id) => {
  const found = VENDORED.exec(id)
  if (found !== null) {
    const [, name, file = 'index'] = found
    return `vendor/${name}/${file}.js`
  }
  if (!id.startsWith('.')) return null
  const path = String(posix.join(posix.dirname(file), id))
  return path.endsWith('.js') ? path : `${path}.js`
}

/** @type {(root: string, file: string) => string} */
const vendor = (root, file) => {
  const [, name, ...path] = file.split('/')
  return join(root, 'node_modules', name, 'es6', ...path)
}

/** Calls that make the values of a vendored module. They are pure, but fp-ts marks only some of them so. */
const CALLED = /^(export var \w+ = )(?=\w+\()/gm

/** @type {(code: string) => string} */
const vendored = (code) =>
  code.replace(/\n\/\/# sourceMappingURL=.*/, '').replace(CALLED, '$1/*#__PURE__*/ ')

/**
 * Copies the modules that the entries, paths inside `compiled`, lead to.
 *
 * @type {(root: string, compiled: string, dist: string, entries: readonly string[]) => void}
 */
export const writeModules = (root, compiled, dist, entries) => {
  const out = join(dist, 'modules')
  rmSync(out, { recursive: true, force: true })
  const write = (file, text) => {
    mkdirSync(dirname(join(out, file)), { recursive: true })
    writeFileSync(join(out, file), text)
  }
  const found = new Set(entries)
  /** @type {(file: string) => string} */
  const sourceOf = (file) =>
    file.startsWith('vendor/') ? vendor(root, file) : join(compiled, file)
  for (const file of found) {
    const isVendored = file.startsWith('vendor/')
    const from = sourceOf(file)
    const code = readFileSync(from, 'utf8').replace(SPECIFIER, (whole, head, quote, id) => {
      const target = targetOf(file, id)
      // Comments name modules that are not there, and fp-ts imports types.
      if (target === null || existsSync(sourceOf(target)) !== true) return whole
      found.add(target)
      return `${head}${quote}${relative(file, target)}${quote}`
    })
    write(file, isVendored ? vendored(code) : code)
    if (!isVendored) write(`${file}.map`, readFileSync(`${from}.map`, 'utf8'))
  }
}
