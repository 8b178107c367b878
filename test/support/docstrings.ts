import { posix } from 'node:path'
import ts from 'typescript'

/** A public name of an entry point, with what a reader sees when hovering over it. */
export interface PublicName {
  /** the path that a user writes after the import, as `rl.gae` */
  readonly name: string
  /** the source file in src, as `rl/gae.ts` */
  readonly file: string
  readonly kind: 'function' | 'value' | 'type'
  /** the text before the first tag */
  readonly text: string
  /** all of the docstring: the text, and the text of every tag */
  readonly whole: string
  /** the names of the tags, as `param` and `throws` */
  readonly tags: readonly string[]
  /** whether it is a distribution, not a function that makes one */
  readonly isDistribution: boolean
  /** numeric parameters, by name, of a function and of the function that it returns */
  readonly numbers: readonly string[]
  /** whether a parameter is a tensor */
  readonly takesTensors: boolean
  /** whether its own code throws, or calls one of the checks that do, as `expectAlike` */
  readonly throws: boolean
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  lib: ['lib.es2023.d.ts'],
}

const programs = new Map<string, ts.Program>()

/** The program of the entry points, which takes seconds to read and is read once. */
export const programOf = (root: string, entries: readonly string[]): ts.Program => {
  const files = entries.map((entry) => posix.join(root, entry))
  const program = programs.get(files.join()) ?? ts.createProgram(files, OPTIONS)
  programs.set(files.join(), program)
  return program
}

/** Whether a function runs when its surroundings do, or is what they return: not a helper or a callback. */
const isReached = (node: ts.Node): boolean =>
  !ts.isFunctionLike(node) ||
  (!ts.isVariableDeclaration(node.parent) &&
    !ts.isCallExpression(node.parent) &&
    !ts.isPropertyAssignment(node.parent) &&
    (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Async) === 0)

/** The nodes of a function and of the functions that it returns, which run when a user calls them. */
const reachedFrom = function* (node: ts.Node, root = node): Generator<ts.Node> {
  yield node
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => {
    children.push(child)
  })
  for (const child of children)
    if (isReached(child) || node === root) yield* reachedFrom(child, root)
}

/** Whether code throws, or calls one of the checks that do, as `expectAlike`. */
const throwsIn = (declaration: ts.Node): boolean => {
  for (const node of reachedFrom(declaration))
    if (
      ts.isThrowStatement(node) ||
      (ts.isCallExpression(node) &&
        ts.isIdentifier(node.expression) &&
        /^expect[A-Z]/.test(node.expression.text))
    )
      return true
  return false
}

/**
 * Every name that users of these files can import, each declaration once, under its shortest name.
 *
 * @param root the folder of the sources
 * @param entries the files of the entry points inside it, as `index.ts`
 */
export const publicNames = (root: string, entries: readonly string[]): readonly PublicName[] => {
  const program = programOf(root, entries)
  const checker = program.getTypeChecker()
  const pathOf = (node: ts.Node): string =>
    posix.relative(root, node.getSourceFile().fileName.replaceAll('\\', '/'))

  const real = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)

  const isNumber = (given: ts.Type): boolean => {
    const type = checker.getBaseConstraintOfType(given) ?? given
    return type.isUnion()
      ? type.types.every((each) => isNumber(each) || (each.flags & ts.TypeFlags.Undefined) !== 0)
      : (type.flags & ts.TypeFlags.NumberLike) !== 0
  }

  const isTensor = (type: ts.Type): boolean =>
    type.isUnion()
      ? type.types.some(isTensor)
      : type.getSymbol()?.name === 'Tensor' || type.aliasSymbol?.name === 'Tensor'

  const parametersOf = (type: ts.Type, at: ts.Node, depth = 0): readonly [string, ts.Type][] =>
    type
      .getCallSignatures()
      .slice(0, 1)
      .flatMap((signature) => [
        ...signature.parameters.map((parameter): [string, ts.Type] => [
          parameter.name,
          checker.getTypeOfSymbolAtLocation(parameter, at),
        ]),
        ...(depth < 2 ? parametersOf(signature.getReturnType(), at, depth + 1) : []),
      ])

  const described = (symbol: ts.Symbol, name: string): PublicName | null => {
    const declaration = symbol.declarations?.[0]
    if (declaration === undefined || pathOf(declaration).startsWith('..')) return null
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0
    const type = isValue ? checker.getTypeOfSymbolAtLocation(symbol, declaration) : null
    const isFunction = type !== null && type.getCallSignatures().length > 0
    const parameters = isFunction ? parametersOf(type, declaration) : []
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker))
    const tags = symbol.getJsDocTags(checker)
    return {
      name,
      file: pathOf(declaration),
      kind: isFunction ? 'function' : isValue ? 'value' : 'type',
      text,
      whole: [text, ...tags.map((tag) => ts.displayPartsToString(tag.text))].join('\n'),
      tags: tags.map((tag) => tag.name),
      numbers: parameters.filter(([, type]) => isNumber(type)).map(([parameter]) => parameter),
      takesTensors: parameters.some(([, type]) => isTensor(type)),
      // What returns an Either reports its errors there.
      throws:
        isFunction &&
        throwsIn(declaration) &&
        !/\b(?:Either|Decoded\w+)</.test(
          checker.typeToString(type, declaration, ts.TypeFormatFlags.NoTruncation),
        ),
      isDistribution:
        isValue && !isFunction && checker.typeToString(type!).startsWith('Distribution<'),
    }
  }

  const seen = new Map<ts.Symbol, PublicName>()
  const walk = (module: ts.Symbol, prefix: string): void => {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = real(exported)
      const name = `${prefix}${exported.name}`
      if ((symbol.flags & ts.SymbolFlags.ValueModule) !== 0) walk(symbol, `${name}.`)
      else if (!seen.has(symbol)) {
        const found = described(symbol, name)
        if (found !== null) seen.set(symbol, found)
      }
    }
  }
  for (const entry of entries) {
    const source = program.getSourceFile(posix.join(root, entry))
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`entries: expected a module, got ${entry}`)
    walk(module, entry === 'index.ts' ? '' : `${posix.dirname(entry)}: `)
  }
  return [...seen.values()]
}
