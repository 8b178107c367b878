/**
 * Every convention beside the default path, in processes of their own that take turns: each round
 * runs the row and the one that it is compared with, on one thread and on several.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Iteration } from './conventionRunner.ts'
import { rows } from './conventionRows.ts'
import { othersBusy } from './others.ts'
import type { Effort } from './rounds.ts'
import { median, shown, spread, table, type Cells } from './table.ts'

const program = fileURLToPath(new URL('conventionRunner.js', import.meta.url))

interface Runner {
  readonly flop: Iteration
  readonly piece: () => Promise<Iteration>
  readonly stop: () => Promise<void>
}

const answer = async (child: ChildProcess): Promise<Iteration> => {
  const stop = new AbortController()
  const { signal } = stop
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as Iteration),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`expected an answer from a runner, but it exited with code ${code}`)
      }),
    ])
  } finally {
    stop.abort()
  }
}

const begin = async (name: string, threads: number, seconds: number): Promise<Runner> => {
  const child = fork(program, [name, String(threads), String(seconds)])
  return {
    flop: await answer(child),
    piece: () => {
      child.send('run')
      return answer(child)
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.send('stop')
      await ended
    },
  }
}

/** What a row measured, one number a round. */
interface Measured {
  readonly mflop: number
  readonly ms: readonly number[]
  /** time ÷ that of the row beside it, as it is and per flop */
  readonly time: readonly number[]
  readonly perFlop: readonly number[]
  readonly learning: readonly number[]
  /** speed on several threads ÷ that on one, of this row and of the one beside it */
  readonly gain: readonly number[]
  readonly gainBeside: readonly number[]
}

const measure = async (
  name: string,
  { rounds, seconds }: Effort,
  threads: number,
): Promise<Measured> => {
  const pair = [name, rows.get(name)!.beside]
  const runners: Runner[] = []
  for (const many of threads === 1 ? [1] : [1, threads])
    for (const row of pair) runners.push(await begin(row, many, seconds))
  const [own, beside] = [runners[0]!.flop, runners[1]!.flop]
  const measured: Iteration[][] = []
  for (let round = 0; round < rounds; round++) {
    const times = Array<Iteration>(runners.length)
    for (let i = 0; i < runners.length; i++) {
      const at = (round + i) % runners.length
      times[at] = await runners[at]!.piece()
    }
    measured.push(times)
  }
  await Promise.all(runners.map(({ stop }) => stop()))
  const each = (f: (times: readonly Iteration[]) => number): readonly number[] => measured.map(f)
  const isThreaded = threads > 1
  return {
    mflop: own.all / 1e6,
    ms: each(([a]) => a!.all),
    time: each(([a, b]) => a!.all / b!.all),
    perFlop: each(([a, b]) => a!.all / own.all / (b!.all / beside.all)),
    learning: each(([a, b]) => a!.learning / own.learning / (b!.learning / beside.learning)),
    gain: isThreaded ? each(([a, , a2]) => a!.waited / a2!.waited) : [],
    gainBeside: isThreaded ? each(([, b, , b2]) => b!.waited / b2!.waited) : [],
  }
}

const EXPLANATION = `Each row ÷ the row beside it, within each round. Time: of an iteration, acting and learning, in
milliseconds of work, which a busy machine changes less than those on the clock. Per flop:
÷ its floating-point operations, which are counted: products, tanh and exp (20 each), sums, Adam; those
of TRPO's conjugate gradients, too. Learning: the update alone, per flop. Threads: speed by the clock ÷ that of one,
and what the row beside it gains.`

/**
 * @param only names of rows, or null for all
 * @param threads what is compared with one thread, too, where there are as many cores
 */
export const conventions = async (
  effort: Effort,
  { only, threads: asked }: { readonly only: readonly string[] | null; readonly threads: number },
): Promise<void> => {
  const threads = Math.min(asked, availableParallelism())
  console.log(`\nConventions, wasm on one thread, ${effort.rounds} rounds: median (min … max)`)
  console.log(`${EXPLANATION}\nbefore it, ${await othersBusy()}\n`)
  const names = [...rows.keys()].filter((name) => only === null || only.includes(name))
  const lines: Cells[][] = []
  for (const name of names) {
    const { mflop, ms, time, perFlop, learning, gain, gainBeside } = await measure(
      name,
      effort,
      threads,
    )
    const gains = gain.length === 0 ? [] : [spread(gain, 2), shown(median(gainBeside), 2)]
    lines.push([
      name,
      rows.get(name)!.beside,
      shown(mflop, 1),
      shown(median(ms), 2),
      spread(time, 2),
      spread(perFlop, 2),
      spread(learning, 2),
      ...gains,
    ])
    console.error(`${name}: ${shown(median(perFlop), 2)} per flop`)
  }
  const header = ['', 'beside', 'Mflop', 'ms', 'time', '', 'per flop', '', 'learning', '']
  const gains = threads === 1 ? [] : [`${threads} threads`, '', 'beside']
  console.log(table([[...header, ...gains], ...lines]))
  console.log(`\nafter it, ${await othersBusy()}`)
}
