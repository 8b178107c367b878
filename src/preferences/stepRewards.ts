import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { buildAlone } from '../engine/runtime.ts'
import type { Mlp } from '../nn/mlp.ts'
import { withFlat, type Params } from '../tensor/params.ts'
import { data, own, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { RewardNetwork } from './rewardNetwork.ts'
import { inputSize } from './stepInputs.ts'

/** Rows of a forward pass. */
const ROWS = 256

/** Writes the inputs of a row at `to`. */
export type WriteRow = (out: Floats, to: number, row: number) => void

/**
 * r̂ of many steps by each of `count` networks.
 *
 * @returns a function of the networks' parameters, the number of steps, and what writes the inputs of
 * each: r̂ [member][row]. It is recorded once, so keep it.
 */
export const stepRewards = (
  { form, network, init }: RewardNetwork,
  count: number,
  how: BackendChoice = 'auto',
): ((
  params: ReadonlyArray<Params<Mlp>>,
  rows: number,
  write: WriteRow,
) => readonly Float64Array[]) => {
  const size = inputSize(form)
  const backend = chosenBackend(how)
  const like = init({ words: [0, 0] }, backend.dtype)
  const { flats, input, rate } = buildAlone(backend, (runtime) => {
    const input = runtime.own.floats(ROWS * size)
    const flats = Array.from({ length: count }, () => runtime.own.floats(network.paramCount))
    const rate = runtime.record((machine) =>
      flats.map((flat): ReadonlyNumbers => {
        const rows = own(['row', 'feature'], [ROWS, size], input)
        return data(network.forward(machine, withFlat(like.tree, flat).tree, rows)[0])
      }),
    )
    return { flats, input, rate }
  })
  return (params, rows, write) => {
    flats.forEach((flat, member) => flat.set(data(params[member]!.flat)))
    const out = flats.map(() => new Float64Array(rows))
    for (let first = 0; first < rows; first += ROWS) {
      const filled = Math.min(ROWS, rows - first)
      for (let row = 0; row < filled; row++) write(input, row * size, first + row)
      // Rows beyond those that are filled hold what they held.
      rate.run().forEach((numbers, member) => {
        for (let row = 0; row < filled; row++) out[member]![first + row] = numbers[row]!
      })
    }
    return out
  }
}
