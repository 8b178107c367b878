import * as E from 'fp-ts/lib/Either.js'
import type { AnyMetrics, Settings } from '../../algo/algorithm.ts'
import type { BackendName } from '../../kernel/backends.ts'
import { forkConfig } from '../../run/fork.ts'
import { breath, pause } from '../breath.ts'
import { refused, type Answer, type SessionOptions, type StartRequest } from './request.ts'
import { keep, keptUntil, nothingKept, type Kept } from './kept.ts'
import type { Phase } from './progress.ts'
import { openRun } from './openRun.ts'
import type { Place, Stepper } from './stepper.ts'

/** A run at work, and all that is known of it. */
export interface Session {
  readonly generation: number
  readonly phase: Phase
  readonly problem: string | null
  readonly stepper: Stepper | null
  readonly backend: BackendName
  readonly kept: Kept<Place>
  /** metrics of the updates after `before` */
  readonly history: readonly AnyMetrics[]
  readonly before: number
  /** the links of the hash chain after `before` updates and after each of `history` */
  readonly links: readonly string[]
  readonly stepsPerSecond: number
}

/** Milliseconds of updates between two looks at the messages that came. */
const SLICE = 8

/** Milliseconds over which the speed is averaged. */
const WINDOW = 500

const nothing: Session = {
  generation: 0,
  phase: 'idle',
  problem: null,
  stepper: null,
  backend: 'wasm',
  kept: nothingKept(1),
  history: [],
  before: 0,
  links: [],
  stepsPerSecond: 0,
}

/** Runs what training asks for, one request after the other, and trains in between. */
export const openSession = ({ environments = {}, mostKept = 256 }: SessionOptions) => {
  let now = nothing
  let onChange: (() => void)[] = []
  /** rises whenever the loop at work must end */
  let turn = 0
  let until: number | null = null
  let updatesPerSecond: number | null = null
  let queue: Promise<unknown> = Promise.resolve()
  let waking = new AbortController()

  const become = (change: Partial<Session>): void => {
    now = { ...now, ...change }
    const waiting = onChange
    onChange = []
    for (const wake of waiting) wake()
  }

  /** Runs after all requests before it, while nothing trains. */
  const inTurn = <A>(work: () => Promise<A>): Promise<A> => {
    turn += 1
    waking.abort()
    const next = queue.then(work)
    queue = next.catch(() => undefined)
    return next
  }

  const advance = async (stepper: Stepper): Promise<boolean> => {
    const result = await stepper.advance()
    if (E.isLeft(result)) {
      become({ phase: 'failed', problem: result.left })
      return false
    }
    const metrics = result.right
    const place = stepper.place()
    const { update } = place.state
    const kept = metrics === null ? now.kept : keep(update, place)(now.kept)
    const isNew = metrics !== null && update > now.before + now.history.length
    const isLast = update === stepper.updates
    now = {
      ...now,
      kept,
      history: isNew ? [...now.history, metrics] : now.history,
      links: isNew ? [...now.links, place.link] : now.links,
      phase: isLast ? 'done' : now.phase,
    }
    return !isLast
  }

  /** Trains until something else is asked for. */
  const train = async (mine: number, stepper: Stepper): Promise<void> => {
    const { envs, steps } = stepper.config.settings
    const goesOn = (): boolean => turn === mine && now.phase === 'running'
    while (goesOn()) {
      const start = performance.now()
      let done = 0
      for (;;) {
        const isLast = !(await advance(stepper))
        done += 1
        if (stepper.place().state.update === until) {
          become({ phase: 'paused' })
          return
        }
        if (isLast || updatesPerSecond !== null || performance.now() - start > SLICE) break
      }
      const passed = Math.max(1e-3, performance.now() - start)
      const speed = (1000 * done * envs * steps) / passed
      const before = now.stepsPerSecond
      const weight = before === 0 ? 1 : passed / (passed + WINDOW)
      become({ stepsPerSecond: before + weight * (speed - before) })
      if (updatesPerSecond === null) await breath()
      else {
        waking = new AbortController()
        const rest = 1000 / updatesPerSecond - (performance.now() - start)
        await pause(Math.max(0, rest), waking.signal)
      }
    }
  }

  const run = (stepper: Stepper): void => {
    if (stepper.place().state.update >= stepper.updates) {
      become({ phase: 'done' })
      return
    }
    become({ phase: 'running', problem: null })
    const mine = turn
    queue = queue
      .then(() => train(mine, stepper))
      .catch((error: unknown) => {
        become({ phase: 'failed', problem: error instanceof Error ? error.message : String(error) })
      })
  }

  const needRun = (): Answer<Stepper> =>
    now.stepper === null ? refused('run: expected a started run, got none') : E.right(now.stepper)

  /** Puts another run in the place of the one at hand. */
  const open = async (
    request: StartRequest,
    past: Pick<Session, 'kept' | 'history' | 'before' | 'links'> | null,
  ): Promise<Answer<Stepper>> => {
    const opened = await openRun(request, environments)
    if (E.isLeft(opened)) return opened
    await now.stepper?.stop()
    const { stepper, backend } = opened.right
    const place = stepper.place()
    const { update } = place.state
    const { kept, history, before, links } = past ?? {
      kept: nothingKept<Place>(mostKept),
      history: [],
      before: update,
      links: [place.link],
    }
    become({
      generation: past === null ? now.generation + 1 : now.generation,
      phase: 'paused',
      problem: null,
      stepper,
      backend,
      kept: keep(update, place)(kept),
      history,
      before,
      links,
      stepsPerSecond: 0,
    })
    return E.right(stepper)
  }

  return {
    now: (): Session => now,

    /** Resolves at the next change, or when the signal aborts. */
    changed: (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        const end = (): void => {
          signal.removeEventListener('abort', end)
          resolve()
        }
        onChange.push(end)
        signal.addEventListener('abort', end)
      }),

    start: (request: StartRequest): Promise<Answer<void>> =>
      inTurn(async () => {
        const opened = await open(request, null)
        if (E.isLeft(opened)) return opened
        if (request.runs ?? true) run(opened.right)
        return E.right(undefined)
      }),

    /** Trains on, to its end or to an update. */
    go: (to: number | null): Promise<Answer<void>> =>
      inTurn(() => {
        const stepper = needRun()
        if (E.isLeft(stepper)) return Promise.resolve(stepper)
        until = to
        run(stepper.right)
        return Promise.resolve(E.right(undefined))
      }),

    pause: (): Promise<Answer<void>> =>
      inTurn(() => {
        if (now.phase === 'running') become({ phase: 'paused' })
        return Promise.resolve(E.right(undefined))
      }),

    step: (): Promise<Answer<void>> =>
      inTurn(async () => {
        const stepper = needRun()
        if (E.isLeft(stepper)) return stepper
        become({ phase: 'paused', problem: null })
        await advance(stepper.right)
        become({})
        return E.right(undefined)
      }),

    pace: (most: number | null): void => {
      updatesPerSecond = most
      waking.abort()
    },

    goTo: (update: number): Promise<Answer<void>> =>
      inTurn(() => {
        const stepper = needRun()
        if (E.isLeft(stepper)) return Promise.resolve(stepper)
        const place = now.kept.entries.get(update)
        if (place === undefined)
          return Promise.resolve(
            refused(
              `update: expected a kept update (${[...now.kept.entries.keys()].join(', ')}), got ${update}`,
            ),
          )
        stepper.right.jump(place)
        const phase = update === stepper.right.updates ? 'done' : 'paused'
        become({ phase, problem: null })
        return Promise.resolve(E.right(undefined))
      }),

    fork: (settings: Settings, at: number | null): Promise<Answer<void>> =>
      inTurn(async () => {
        const stepper = needRun()
        if (E.isLeft(stepper)) return stepper
        const { config, place, checkpoint, threads } = stepper.right
        const wasRunning = now.phase === 'running'
        const update = at ?? place().state.update
        const from = at === null ? place() : now.kept.entries.get(update)
        if (from === undefined) return refused(`at: expected a kept update, got ${update}`)
        const next = forkConfig(config, update, settings)
        if (E.isLeft(next)) return refused(next.left)
        const bytes = checkpoint(from)
        if (E.isLeft(bytes)) return refused(bytes.left)
        const { kept, history, before, links, backend } = now
        const opened = await open(
          {
            config: next.right,
            backend,
            threads: threads(),
            ...(update === 0 ? {} : { checkpoint: bytes.right }),
          },
          update === 0
            ? null
            : {
                kept: keptUntil(update)(kept),
                history: history.slice(0, Math.max(0, update - before)),
                before: Math.min(before, update),
                links: links.slice(0, Math.max(0, update - before) + 1),
              },
        )
        if (E.isLeft(opened)) return opened
        if (wasRunning) run(opened.right)
        return E.right(undefined)
      }),
  }
}

export type OpenSession = ReturnType<typeof openSession>
