import { posix } from 'node:path'
import ts from 'typescript'
import { programOf } from './docstrings.ts'

/** A field of a public type of settings, with what a reader sees when hovering over it. */
export interface ConfigField {
  /** the type and the path of the field in it, as `PpoConfig.adam.beta1` */
  readonly name: string
  readonly text: string
}

/** Types of what a user writes down: configs, settings of their parts, and options of functions. */
const OF_SETTINGS = /(?:Config|Settings|Options)$/

/**
 * Every field of the public types of settings, and of the objects that stand in them.
 *
 * @param root the folder of the sources
 * @param entries the files of the entry points inside it, as `index.ts`
 */
export const configFields = (root: string, entries: readonly string[]): readonly ConfigField[] => {
  const program = programOf(root, entries)
  const checker = program.getTypeChecker()
  const found = new Map<string, ConfigField>()

  const isOurs = (symbol: ts.Symbol): boolean =>
    symbol.declarations?.some((declaration) => {
      const path = declaration.getSourceFile().fileName.replaceAll('\\', '/')
      return !posix.relative(root, path).startsWith('..') && !path.includes('/node_modules/')
    }) === true

  /** The types of settings among those that a field may hold. */
  const objectsIn = (type: ts.Type): readonly ts.Type[] => {
    if (type.isUnion()) return type.types.flatMap(objectsIn)
    const symbol = type.getSymbol()
    // Environments, tensors and other values with a name of their own are no settings.
    const isSettings =
      symbol !== undefined &&
      (symbol.name === '__type' || OF_SETTINGS.test(symbol.name)) &&
      type.getCallSignatures().length === 0 &&
      isOurs(symbol)
    return isSettings ? [type] : []
  }

  const visit = (name: string, type: ts.Type, seen: ReadonlySet<ts.Type>): void => {
    for (const object of objectsIn(type)) {
      if (seen.has(object)) continue
      const within = new Set([...seen, object])
      for (const field of object.getProperties()) {
        const declaration = field.declarations?.[0]
        if (declaration === undefined || !isOurs(field)) continue
        const path = `${name}.${field.name}`
        const text = ts.displayPartsToString(field.getDocumentationComment(checker))
        found.set(path, { name: path, text })
        visit(path, checker.getTypeOfSymbolAtLocation(field, declaration), within)
      }
    }
  }

  const exportsOf = (symbol: ts.Symbol, seen: Set<ts.Symbol>): void => {
    for (const exported of checker.getExportsOfModule(symbol)) {
      const real =
        (exported.flags & ts.SymbolFlags.Alias) === 0
          ? exported
          : checker.getAliasedSymbol(exported)
      if (seen.has(real)) continue
      seen.add(real)
      if ((real.flags & ts.SymbolFlags.ValueModule) !== 0) exportsOf(real, seen)
      else if (OF_SETTINGS.test(real.name) && (real.flags & ts.SymbolFlags.Type) !== 0)
        visit(real.name, checker.getDeclaredTypeOfSymbol(real), new Set())
    }
  }
  const seen = new Set<ts.Symbol>()
  for (const entry of entries) {
    const file = program.getSourceFile(posix.join(root, entry))!
    exportsOf(checker.getSymbolAtLocation(file)!, seen)
  }
  return [...found.values()]
}
