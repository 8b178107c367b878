import { addressOf, errorAt, type Address } from '../tensor/check.ts'
import type { ThreadGroup } from './threadGroup.ts'

/** The signals between threads, in shared memory. */
export interface Signals {
  /** the words below, each in a cache line of its own */
  readonly control: Int32Array
  /** the first failure, as JSON in UTF-8 */
  readonly message: Uint8Array
  /** threads */
  readonly size: number
  /** milliseconds without a heartbeat of any thread after which one of them counts as lost */
  readonly timeoutMs: number
  /**
   * how often a thread checks before it sleeps: waking takes longer than most waits, but a thread that
   * spins in vain may keep a core from the one that it waits for
   */
  readonly spinCount: number
}

const WORD = 16
const ARRIVED = 0
const PHASE = WORD
const JOB = 2 * WORD
/** 0 none; 1 being written; 2 an error; 3 a thread is lost */
const FAILED = 3 * WORD
/** length of the message */
const LENGTH = 4 * WORD
/** a counter per thread */
const HEARTBEATS = 5 * WORD

/** Words of control for so many threads. */
export const controlLength = (size: number): number => HEARTBEATS + size * WORD

/**
 * After so many waits a thread counts its misses. If it spun in vain in more than half of them, other
 * programs use the cores, and it spins only briefly in the next waits.
 */
const COUNTED_WAITS = 32
const SHORT_WAITS = 1024
const SHORT_SPIN = 500

/** Milliseconds between two checks of a sleeping thread for heartbeats. */
const SLEEP_MS = 100

export type Failure = 'error' | 'lost'

/** Characters of an error that cross from one thread to another. */
const LONGEST = 1000

/** Bytes for them, each of which may be written as \u0000, and for the address. */
export const MESSAGE = 8192

const short = (address: Address): Address =>
  Object.fromEntries(
    Object.entries(address).map(([name, x]) => [name, typeof x === 'string' ? x.slice(0, 100) : x]),
  )

/** Tells all threads that the work cannot continue. Only the first report counts. */
export const fail = (
  { control, message }: Signals,
  failure: Failure,
  what: string,
  address: Address = {},
): void => {
  if (Atomics.compareExchange(control, FAILED, 0, 1) === 0) {
    const text = new TextEncoder().encode(JSON.stringify([what.slice(0, LONGEST), short(address)]))
    message.set(text)
    Atomics.store(control, LENGTH, text.length)
    Atomics.store(control, FAILED, failure === 'error' ? 2 : 3)
  }
  for (const word of [PHASE, JOB]) {
    Atomics.add(control, word, 1)
    Atomics.notify(control, word)
  }
}

/** Reports an error, with its address, to all threads. */
export const failWith = (signals: Signals, error: unknown): void =>
  fail(signals, 'error', error instanceof Error ? error.message : String(error), addressOf(error))

const NAMES = { error: 'ThreadFailed', lost: 'ThreadLost' } as const

/** Whether an error is the failure of another thread. */
export const isFromThread = (error: unknown): error is Error =>
  error instanceof Error && Object.values<string>(NAMES).includes(error.name)

/** Whether an error says that a thread died or hangs. */
export const isThreadLost = (error: unknown): boolean =>
  error instanceof Error && error.name === NAMES.lost

/** The failure of another thread, as an error of this one. */
export const asOwn = (error: Error & { readonly address?: Address }): RangeError =>
  errorAt(error.address ?? {}, error.message, error)

/** Whether the work has failed. */
export const hasFailed = ({ control }: Signals): boolean => Atomics.load(control, FAILED) !== 0

/** Throws the recorded failure, if there is one. */
export const expectWhole = (signals: Signals): void => {
  if (!hasFailed(signals)) return
  const { control, message } = signals
  while (Atomics.load(control, FAILED) === 1);
  const json = new TextDecoder().decode(message.slice(0, Atomics.load(control, LENGTH)))
  const [text, address] = JSON.parse(json) as [string, Address]
  const name = NAMES[Atomics.load(control, FAILED) === 2 ? 'error' : 'lost']
  throw Object.assign(new Error(text), { name, address })
}

/** Signals that this thread is alive. */
export const heartbeat = ({ control }: Signals, rank: number): void => {
  Atomics.add(control, HEARTBEATS + rank * WORD, 1)
}

const heartbeatsOf = ({ control, size }: Signals): number => {
  let sum = 0
  for (let rank = 0; rank < size; rank++) sum += Atomics.load(control, HEARTBEATS + rank * WORD)
  return sum
}

/** The page of a browser may not sleep; its workers may. */
const maySleep = (): boolean =>
  (globalThis as { readonly document?: unknown }).document === undefined

const look = (control: Int32Array, word: number, old: number, spinCount: number): boolean => {
  for (let i = 0; i < spinCount; i++) if (Atomics.load(control, word) !== old) return true
  return false
}

/** Sleeps until a word is no longer `old`, a thread has failed, or the heartbeats stop. */
const sleep = (signals: Signals, word: number, old: number): void => {
  const { control, size, timeoutMs } = signals
  const sleeps = maySleep()
  let heartbeats = heartbeatsOf(signals)
  // In naps and not by the clock, which goes on where a whole program is made to pause.
  let silence = 0
  // One that failed before this thread came here has woken nobody.
  while (Atomics.load(control, word) === old && !hasFailed(signals)) {
    const before = performance.now()
    if (sleeps) Atomics.wait(control, word, old, Math.min(SLEEP_MS, timeoutMs))
    silence += Math.min(SLEEP_MS, performance.now() - before)
    const now = heartbeatsOf(signals)
    if (now !== heartbeats) {
      heartbeats = now
      silence = 0
    } else if (silence > timeoutMs)
      fail(
        signals,
        'lost',
        `threads: expected a heartbeat from all ${size}, got none for ${timeoutMs} ms: one of them has died or is hanging`,
      )
  }
}

/** A thread group over shared memory; the last thread to arrive at a barrier releases the others. */
export const sharedGroup = (signals: Signals, rank: number): ThreadGroup => {
  const { control, size } = signals
  let [waits, misses, short] = [0, 0, 0]
  const wait = (phase: number): void => {
    if (short > 0) short--
    else if (++waits > COUNTED_WAITS) {
      short = 2 * misses > COUNTED_WAITS ? SHORT_WAITS : 0
      waits = 0
      misses = 0
    }
    if (look(control, PHASE, phase, short > 0 ? SHORT_SPIN : signals.spinCount)) return
    misses++
    sleep(signals, PHASE, phase)
  }
  return {
    rank,
    size,
    heartbeat: () => heartbeat(signals, rank),
    barrier: () => {
      const phase = Atomics.load(control, PHASE)
      heartbeat(signals, rank)
      if (Atomics.add(control, ARRIVED, 1) === size - 1) {
        Atomics.store(control, ARRIVED, 0)
        Atomics.add(control, PHASE, 1)
        Atomics.notify(control, PHASE)
      } else wait(phase)
      expectWhole(signals)
    },
  }
}

/** Tells the other threads that there is a job. */
export const post = ({ control }: Signals): void => {
  Atomics.add(control, JOB, 1)
  Atomics.notify(control, JOB)
}

/** Sleeps until there are more jobs than `done`, however long that takes. */
export const nextJob = (signals: Signals, done: number): number => {
  const { control, spinCount } = signals
  if (!look(control, JOB, done, spinCount)) Atomics.wait(control, JOB, done)
  expectWhole(signals)
  return Atomics.load(control, JOB)
}
