import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { install } from './allocation.ts'
import { formats } from './formats.ts'
import { decodeOne, mutant, type Outcome } from './one.ts'
import { emptyTally, larger, type Failure, type Order, type Tally } from './tally.ts'

// Decodes mutants one after the other and tells of them now and then; who started it watches
// `progress`, for a call that never returns tells nothing.

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const SECOND = 1000
const TRIES = 3
const TOLD_AFTER = 2000
const SAMPLED = 1000

const { seed, from, to, constant, progress } = workerData as Order
const port = parentPort!
const all = formats()
install()

let tally: Tally = emptyTally(from)
const tell = (next: number): void => {
  port.postMessage({ ...tally, next })
  tally = emptyTally(next)
}

/** What a call leaves behind, and what it leaves to collect, of the whole heap. */
const measureHeap = (one: number): void => {
  const { from: source, bytes } = mutant(all, seed, one)
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  gc()
  const before = used()
  let kept: unknown
  try {
    kept = source.decode(bytes)
  } catch (error) {
    kept = error
  }
  const grown = used() - before
  gc()
  const held = used() - before
  const { heap } = tally
  heap.samples += 1
  if (kept === undefined) return
  const of = (bytesOfHeap: number) => ({
    one,
    format: source.format,
    beyond: bytesOfHeap - 2 * bytes.length,
    file: bytes.length,
  })
  heap.grown = larger(heap.grown, of(grown))
  heap.held = larger(heap.held, of(held))
}

/** A decoder that is slow is so each time; the machine may have had other things to do. */
const soonest = (one: number): Outcome => {
  let least = decodeOne(all, seed, one)
  for (let i = 0; i < TRIES && least.milliseconds > SECOND; i++) {
    const again = decodeOne(all, seed, one)
    if (again.milliseconds < least.milliseconds) least = again
  }
  return least
}

for (let one = from; one < to; one++) {
  Atomics.store(progress, 0, one)
  const outcome = soonest(one)
  const { format, bytes, milliseconds, allocated, threw } = outcome
  const mine = (tally.formats[format] ??= { mutants: 0, rights: 0 })
  mine.mutants += 1
  if (outcome.isRight) mine.rights += 1
  if (milliseconds > tally.slowest.milliseconds) tally.slowest = { one, format, milliseconds }
  const room = 2 * bytes.length + constant
  const share = allocated / Math.max(1, bytes.length)
  if (allocated > tally.largest.beyond + 2 * bytes.length)
    tally.largest = { one, format, beyond: allocated - 2 * bytes.length }
  if (bytes.length >= 1000 && share > tally.mostShare.share)
    tally.mostShare = { one, format, share }
  const problem =
    threw !== null
      ? `threw ${threw}`
      : milliseconds > SECOND
        ? `took ${milliseconds.toFixed(0)} ms`
        : allocated > room
          ? `allocated ${allocated} bytes for a file of ${bytes.length}`
          : null
  if (problem !== null) {
    const failure: Failure = { one, format, name: outcome.seed, problem, bytes }
    tally.failures.push(failure)
  }
  if (one % SAMPLED === 0) measureHeap(one)
  if ((one + 1 - from) % TOLD_AFTER === 0) tell(one + 1)
}
tell(to)
