import { takeRows } from '../engine/take.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Task } from '../engine/task.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { data, type Floats, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import type { Samples } from './samples.ts'
import { shardRange } from './shards.ts'

interface Live {
  from: number
}

const rowsFrom = operation('rows', (_, index: Int32Array, live: Live) => {
  for (let i = 0; i < index.length; i++) index[i] = live.from + i
})

const place = operation(
  'place',
  (_, out: Floats, rows: ReadonlyNumbers, columns: number, live: Live) => {
    out.set(rows, live.from * columns)
  },
)

/**
 * Records a function of samples that gives a row for each, to be run over the whole batch in its
 * order, `parts` equal parts one after the other, each by all threads of a group.
 *
 * @param out [n · columns] for all samples, which all threads can read afterwards
 * @param fields those of the samples that f reads
 */
export const sweep = (
  { group, own: mine, record }: Runtime,
  {
    batch,
    n,
    parts,
    shards,
  }: {
    readonly batch: Samples
    readonly n: number
    readonly parts: number
    readonly shards: number
  },
  fields: ReadonlyArray<keyof Samples>,
  out: Floats,
  f: (machine: Machine, samples: Samples) => Tensor,
): (() => Task<void>) => {
  const width = n / parts
  const [firstShard, endShard] = shardRange(shards, group.size, group.rank)
  const [from] = shardRange(width, shards, firstShard)
  const [to] = shardRange(width, shards, endShard)
  const index = mine.integers(to - from)
  const live: Live = { from: 0 }
  const program = record((machine) => {
    machine.run(rowsFrom, index, live)
    const samples = Object.fromEntries(
      fields.flatMap((name) => {
        const leaf: Tensor | undefined = batch[name]
        return leaf === undefined ? [] : [[name, takeRows(machine, leaf, index)]]
      }),
    ) as unknown as Samples
    const rows = f(machine, samples)
    machine.run(place, out, data(rows), out.length / n, live)
  })
  return function* () {
    for (let part = 0; part < parts; part++) {
      live.from = part * width + from
      yield* program.steps()
    }
    group.barrier()
  }
}
