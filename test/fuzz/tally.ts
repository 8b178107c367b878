/** What a worker is to do. */
export interface Order {
  readonly seed: number
  readonly from: number
  readonly to: number
  /** bytes that a call may ask for beside twice the file */
  readonly constant: number
  /** the case that is being decoded */
  readonly progress: Int32Array
}

/** A mutant that a decoder did not keep its word on. */
export interface Failure {
  readonly one: number
  readonly format: string
  readonly name: string
  readonly problem: string
  readonly bytes: Uint8Array
}

/** Bytes of the heap beyond twice the file. */
interface Heap {
  readonly one: number
  readonly format: string
  readonly beyond: number
  readonly file: number
}

const noHeap: Heap = { one: -1, format: '', beyond: -Infinity, file: 0 }

export const larger = (a: Heap, b: Heap): Heap => (b.beyond > a.beyond ? b : a)

/** What was found in some cases. */
export interface Tally {
  /** the first case after them */
  next: number
  readonly formats: { [format: string]: { mutants: number; rights: number } }
  slowest: { one: number; format: string; milliseconds: number }
  /** the most bytes that arrays asked for beyond twice the file */
  largest: { one: number; format: string; beyond: number }
  /** and per byte of a file of 1 kB or more */
  mostShare: { one: number; format: string; share: number }
  /** of a sample: the most that the whole heap grew in a call, and that stayed with its result */
  readonly heap: { samples: number; grown: Heap; held: Heap }
  readonly failures: Failure[]
}

export const emptyTally = (next: number): Tally => ({
  next,
  formats: {},
  slowest: { one: -1, format: '', milliseconds: 0 },
  largest: { one: -1, format: '', beyond: -Infinity },
  mostShare: { one: -1, format: '', share: 0 },
  heap: { samples: 0, grown: noHeap, held: noHeap },
  failures: [],
})

/** Both together. */
export const merged = (a: Tally, b: Tally): Tally => {
  const formats = { ...a.formats }
  for (const [name, { mutants, rights }] of Object.entries(b.formats)) {
    const before = formats[name] ?? { mutants: 0, rights: 0 }
    formats[name] = { mutants: before.mutants + mutants, rights: before.rights + rights }
  }
  return {
    next: b.next,
    formats,
    slowest: b.slowest.milliseconds > a.slowest.milliseconds ? b.slowest : a.slowest,
    largest: b.largest.beyond > a.largest.beyond ? b.largest : a.largest,
    mostShare: b.mostShare.share > a.mostShare.share ? b.mostShare : a.mostShare,
    heap: {
      samples: a.heap.samples + b.heap.samples,
      grown: larger(a.heap.grown, b.heap.grown),
      held: larger(a.heap.held, b.heap.held),
    },
    failures: [...a.failures, ...b.failures],
  }
}
