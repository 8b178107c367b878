/** Counts the bytes that arrays of numbers ask for, whoever makes them, from `install` on. */
let bytes = 0

const WIDTHS = {
  Int8Array: 1,
  Uint8Array: 1,
  Uint8ClampedArray: 1,
  Int16Array: 2,
  Uint16Array: 2,
  Int32Array: 4,
  Uint32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
  BigInt64Array: 8,
  BigUint64Array: 8,
} as const

type Constructor = new (...args: unknown[]) => ArrayBufferView

const isMemory = (x: unknown): boolean =>
  x instanceof ArrayBuffer ||
  (typeof SharedArrayBuffer === 'function' && x instanceof SharedArrayBuffer)

const asked = (first: unknown, width: number): number => {
  if (typeof first === 'number') return first * width
  if (typeof first !== 'object' || first === null || isMemory(first)) return 0
  return 'length' in first ? Number(first.length) * width : 0
}

const methodOf = (of: object, name: string) =>
  Object.getOwnPropertyDescriptor(of, name)!.value as (
    ...args: unknown[]
  ) => Uint8Array<ArrayBuffer>

/** Every constructor of arrays of numbers, and what copies them, counts from now on. */
export const install = (): void => {
  const all = globalThis as unknown as Record<string, Constructor>
  for (const [name, width] of Object.entries(WIDTHS))
    all[name] = new Proxy(all[name]!, {
      construct: (target, args: unknown[], self) => {
        bytes += asked(args[0], width)
        return Reflect.construct(target, args, self) as ArrayBufferView
      },
    })
  all['ArrayBuffer'] = new Proxy(all['ArrayBuffer']!, {
    construct: (target, args: unknown[], self) => {
      bytes += Number(args[0])
      return Reflect.construct(target, args, self) as ArrayBufferView
    },
  })
  const shared = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array
  const slice = methodOf(shared, 'slice')
  shared.slice = function counted(this: Uint8Array, ...args) {
    const out = Reflect.apply(slice, this, args)
    bytes += out.byteLength
    return out
  }
  const encode = methodOf(TextEncoder.prototype, 'encode')
  TextEncoder.prototype.encode = function counted(text?: string) {
    const out = Reflect.apply(encode, this, [text])
    bytes += out.byteLength
    return out
  }
}

export const requested = (): number => bytes
