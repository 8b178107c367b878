import {
  lengthOf,
  sameSizes,
  type FillValue,
  type Operand,
  type Piece,
  type Sizes,
  type Value,
} from './graph.ts'

/** A kernel of gpu.js: its text, and what it is called with. */
export interface Kernel {
  readonly source: string
  /** sizes, the fastest dimension first */
  readonly output: readonly number[]
  /** values, then the places of live numbers */
  readonly values: readonly Value[]
  readonly places: readonly number[]
}

/** How text says which number is computed. */
interface Where {
  readonly sizes: Sizes
  readonly row: string
  readonly col: string
  readonly i: string
}

/** Whether an operand can be computed where it is read, rather than in a kernel of its own. */
export const fits = ({ value, at, isEach }: Operand, to: Sizes): boolean =>
  isEach && at === 0 && value.kind === 'fill' && sameSizes(value.sizes, to)

/** An index from `at` on. A sum of two literals would be one of floats to gpu.js. */
const plus = (at: number, index: string): string => {
  if (/^\d+$/.test(index)) return String(at + Number(index))
  return at === 0 ? index : `${at} + ${index}`
}

const replaced = (text: string, name: string, by: string): string =>
  text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), by)

/** The text of kernels, as values are given names. */
export const writer = (isJoined: (value: FillValue) => boolean) => {
  const names = new Map<Value | 'live', string>()
  const places: number[] = []
  const functions = new Set<string>()
  let pieces = 0

  const nameOf = (value: Value | 'live'): string => {
    const known = names.get(value)
    if (known !== undefined) return known
    const name = value === 'live' ? 'live' : `array${names.size}`
    names.set(value, name)
    return name
  }

  const access = ({ value, at }: Operand, { sizes, row, col, i }: Where): string => {
    const name = nameOf(value)
    if (value.sizes.length === 2) return `${name}[${row}][${col}]`
    if (sizes.length === 1) return `${name}[${plus(at, i)}]`
    return `${name}[${plus(at, `${row} * ${sizes[1]} + ${col}`)}]`
  }

  /** `x(row, j)` as gpu.js reads an array. */
  const indexed = (text: string, { name, value, at, columns }: Operand): string => {
    const array = nameOf(value)
    return columns === null
      ? text.replaceAll(new RegExp(`\\b${name}\\(([^()]*)\\)`, 'g'), (_, i: string) =>
          value.sizes.length === 2 ? `${array}[${i}][0]` : `${array}[${plus(at, i)}]`,
        )
      : text.replaceAll(
          new RegExp(`\\b${name}\\(([^(),]*), ([^()]*)\\)`, 'g'),
          (_, row: string, col: string) =>
            value.sizes.length === 2
              ? `${array}[${row}][${col}]`
              : `${array}[${plus(at, `(${row}) * ${columns} + ${col}`)}]`,
        )
  }

  /** Statements, and the value that they come to. */
  const piece = (
    { fill, operands, live }: FillValue,
    where: Where,
  ): { readonly code: string; readonly value: string } => {
    const k = pieces++
    if (fill.functions !== undefined) functions.add(fill.functions)
    const before: string[] = []
    let [code, value] = [fill.code ?? '', fill.value]
    const both = (change: (text: string) => string): void => {
      code = change(code)
      value = change(value)
    }
    // Names of this piece alone come first: what takes their place may have the same ones.
    const own = [...code.matchAll(/\b(?:let|const) (\w+)/g)].map(([, name]) => name!)
    for (const name of new Set(own)) both((text) => replaced(text, name, `${name}${k}`))
    for (const [name, n] of Object.entries(fill.sizes ?? {}))
      both((text) => replaced(text, name, String(n)))
    if (live !== null) {
      const used = live.names.filter((name) => new RegExp(`\\b${name}\\b`).test(`${code} ${value}`))
      if (used.length > 0) {
        const array = nameOf('live')
        const at = `at${places.length}`
        places.push(live.at)
        for (const name of used) {
          before.push(`const ${name}${k} = ${array}[${at} + ${live.names.indexOf(name)}];`)
          both((text) => replaced(text, name, `${name}${k}`))
        }
      }
    }
    for (const operand of operands) {
      if (!operand.isEach) continue
      const inner =
        operand.value.kind === 'fill' && isJoined(operand.value) && fits(operand, where.sizes)
          ? piece(operand.value, where)
          : { code: '', value: access(operand, where) }
      if (inner.code !== '') before.push(inner.code)
      before.push(`const ${operand.name}${k} = ${inner.value};`)
      both((text) => replaced(text, operand.name, `${operand.name}${k}`))
    }
    for (const operand of operands) if (!operand.isEach) both((text) => indexed(text, operand))
    for (const name of ['row', 'col', 'i'] as const)
      both((text) => replaced(text, name, where[name]))
    return { code: [...before, code].join('\n  '), value }
  }

  const kernel = (name: string, sizes: Sizes, body: string): Kernel => {
    const values = [...names.keys()].filter((value): value is Value => value !== 'live')
    const live = names.has('live') ? ['live'] : []
    const arrays = values.map((value) => names.get(value)!)
    const args = [...arrays, ...live, ...places.map((_, i) => `at${i}`)]
    const safe = name.replaceAll(/\W/g, '_')
    return {
      source: `function ${safe}(${args.join(', ')}) {\n  ${[...functions].join('\n  ')}\n  ${body}\n}`,
      output: [...sizes].reverse(),
      values,
      places,
    }
  }

  return { piece, kernel, nameOf }
}

const HERE: Omit<Where, 'sizes'> = {
  row: 'this.thread.y',
  col: 'this.thread.x',
  i: 'this.thread.x',
}

/** The kernel of one value. */
export const fillKernel = (value: FillValue, isJoined: (value: FillValue) => boolean): Kernel => {
  const { piece, kernel } = writer(isJoined)
  const { code, value: found } = piece(value, { ...HERE, sizes: value.sizes })
  return kernel(value.name, value.sizes, `${code}\n  return ${found};`)
}

/** What lies in rows, in one row. */
export const flatKernel = (value: Value): Kernel => {
  const { kernel, nameOf } = writer(() => false)
  const [, columns] = value.sizes as readonly [number, number]
  const name = nameOf(value)
  const body = `${rowsOf('this.thread.x', columns, '')}\n  return ${name}[row][col];`
  return kernel('flat', [lengthOf(value.sizes)], body)
}

/** Row and column of a place: a quotient of a driver may be off, but not by a whole row. */
const rowsOf = (at: string, columns: number, k: string): string =>
  `let row${k} = Math.floor((${at} + 0.5) / ${columns});
  let col${k} = ${at} - row${k} * ${columns};
  if (col${k} < 0) {
    row${k} = row${k} - 1;
    col${k} = col${k} + ${columns};
  }
  if (col${k} >= ${columns}) {
    row${k} = row${k} + 1;
    col${k} = col${k} - ${columns};
  }`

/** Parts of one array: a fill that is joined is computed where it lies, and all else is copied. */
export const joinKernel = (
  parts: readonly Piece[],
  isJoined: (value: FillValue) => boolean,
): Kernel => {
  const { piece, kernel, nameOf } = writer(isJoined)
  let end = 0
  const branches = parts.map(({ value, at, length }, n) => {
    const start = end
    end += length
    const t = start === 0 ? 'this.thread.x' : `(this.thread.x - ${start})`
    if (value.kind === 'fill' && isJoined(value)) {
      const { sizes } = value
      const names = `Of${n}`
      const where = { sizes, row: `row${names}`, col: `col${names}`, i: t }
      const { code, value: found } = piece(value, where)
      const rows = sizes.length === 2 ? rowsOf(t, sizes[1], names) : ''
      return { end, text: `${rows}\n  ${code}\n  found = ${found};` }
    }
    const from = plus(at, t)
    const { sizes } = value
    const text =
      sizes.length === 1
        ? `found = ${nameOf(value)}[${from}];`
        : `${rowsOf(from, sizes[1], `Of${n}`)}\n  found = ${nameOf(value)}[rowOf${n}][colOf${n}];`
    return { end, text }
  })
  const body = branches
    .slice(0, -1)
    .reduceRight(
      (rest, { end, text }) =>
        `if (this.thread.x < ${end}) {\n  ${text}\n  } else {\n  ${rest}\n  }`,
      branches.at(-1)!.text,
    )
  return kernel('join', [end], `let found = 0.0;\n  ${body}\n  return found;`)
}
