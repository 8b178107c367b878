import { fillText, plus, type Scope } from './fillText.ts'
import type { Joining } from './joining.ts'
import { lengthOf, type FillValue, type Piece, type Sizes, type Value } from './value.ts'

/** A kernel of gpu.js: its text, and what it is called with. */
export interface KernelText {
  readonly source: string
  /** sizes, the fastest dimension first */
  readonly output: readonly number[]
  /** The arguments: values, then the live numbers if there are starts, then those starts. */
  readonly values: readonly Value[]
  /** where the live numbers of each joined operation start */
  readonly starts: readonly number[]
}

/** A kernel whose body is written by `write`. */
const kernelText = (name: string, sizes: Sizes, write: (scope: Scope) => string): KernelText => {
  const names = new Map<Value, string>()
  const starts: number[] = []
  const functions = new Set<string>()
  let fills = 0
  const body = write({
    nameOf: (value) => {
      if (value === 'live') return 'live'
      const found = names.get(value) ?? `array${names.size}`
      names.set(value, found)
      return found
    },
    startOf: (at) => `start${starts.push(at) - 1}`,
    declare: (text) => functions.add(text),
    next: () => fills++,
  })
  const live = starts.length > 0 ? ['live'] : []
  const args = [...names.values(), ...live, ...starts.map((_, n) => `start${n}`)].join(', ')
  const lines = [...functions, body].join('\n  ')
  return {
    source: `function ${name.replaceAll(/\W/g, '_')}(${args}) {\n  ${lines}\n}`,
    output: [...sizes].toReversed(),
    values: [...names.keys()],
    starts,
  }
}

/** Computes a fill, and what is joined to it. */
export const fillKernel = (value: FillValue, isJoined: Joining['isJoined']): KernelText =>
  kernelText(value.name, value.sizes, (scope) => {
    const { sizes } = value
    const place = { sizes, row: 'this.thread.y', col: 'this.thread.x', i: 'this.thread.x' }
    const text = fillText(value, place, isJoined, scope)
    return `${text.code}\n  return ${text.value};`
  })

/**
 * Statements that set `row` and `col` to a place in a matrix. A driver's quotient may round to the next
 * row, so they move back where the column is outside.
 */
const matrixPlace = (at: string, columns: number, row: string, col: string): string =>
  `let ${row} = Math.floor((${at} + 0.5) / ${columns});
  let ${col} = ${at} - ${row} * ${columns};
  if (${col} < 0) {
    ${row} = ${row} - 1;
    ${col} = ${col} + ${columns};
  }
  if (${col} >= ${columns}) {
    ${row} = ${row} + 1;
    ${col} = ${col} - ${columns};
  }`

/** Copies a matrix into one row. */
export const flatKernel = (value: Value): KernelText =>
  kernelText('flat', [lengthOf(value.sizes)], ({ nameOf }) => {
    const place = matrixPlace('this.thread.x', value.sizes[1]!, 'row', 'col')
    return `${place}\n  return ${nameOf(value)}[row][col];`
  })

/** Statements that set `found` to number `at` of a piece, which is piece number n of its join. */
const pieceText = (
  piece: Piece,
  n: number,
  at: string,
  isJoined: Joining['isJoined'],
  scope: Scope,
): string => {
  const { value } = piece
  const { sizes } = value
  const [row, col] = [`rowOf${n}`, `colOf${n}`]
  if (value.kind === 'fill' && isJoined(value)) {
    const rows = sizes.length === 2 ? `${matrixPlace(at, sizes[1], row, col)}\n  ` : ''
    const text = fillText(value, { sizes, row, col, i: at }, isJoined, scope)
    return `${rows}${text.code}\n  found = ${text.value};`
  }
  const index = plus(piece.at, at)
  const array = scope.nameOf(value)
  return sizes.length === 1
    ? `found = ${array}[${index}];`
    : `${matrixPlace(index, sizes[1], row, col)}\n  found = ${array}[${row}][${col}];`
}

/** Puts pieces one after the other: those that are joined are computed, and others copied. */
export const joinKernel = (pieces: readonly Piece[], isJoined: Joining['isJoined']): KernelText => {
  const ends: number[] = []
  for (const { length } of pieces) ends.push((ends.at(-1) ?? 0) + length)
  return kernelText('join', [ends.at(-1) ?? 0], (scope) => {
    const texts = pieces.map((piece, n) => {
      const start = n === 0 ? 0 : ends[n - 1]!
      const at = start === 0 ? 'this.thread.x' : `(this.thread.x - ${start})`
      return pieceText(piece, n, at, isJoined, scope)
    })
    const body = texts.reduceRight(
      (rest, text, n) =>
        rest === ''
          ? text
          : `if (this.thread.x < ${ends[n]}) {\n  ${text}\n  } else {\n  ${rest}\n  }`,
      '',
    )
    return `let found = 0.0;\n  ${body}\n  return found;`
  })
}
