import * as E from 'fp-ts/lib/Either.js'
import type { RunConfig } from '../../run/config.ts'
import { encodeTrained } from '../../run/policy/policySnapshot.ts'
import { pause } from '../breath.ts'
import { transfer } from '../transfer.ts'
import type { PolicyBytes, Progress } from './progress.ts'
import type { OpenSession, Session } from './session.ts'

/** How often a watcher gets items, policies and checkpoints. */
export interface WatchOptions {
  /** minimum milliseconds between two items: about a frame of the display (16) */
  readonly everyMs?: number
  /** minimum milliseconds between two policies (100) */
  readonly policyMs?: number
  /** minimum milliseconds between two checkpoints (1000) */
  readonly checkpointMs?: number
}

/** What a watcher has been sent. */
interface Sent {
  readonly config: RunConfig | null
  readonly generation: number
  /** updates whose metrics were sent */
  readonly metrics: number
  /** which policy, by generation, config and update */
  readonly policy: string
  readonly policyAt: number
  readonly checkpointAt: number
}

const nothingSent: Sent = {
  config: null,
  generation: -1,
  metrics: 0,
  policy: '',
  policyAt: -Infinity,
  checkpointAt: -Infinity,
}

const policyOf = ({ stepper }: Session): PolicyBytes | null => {
  if (stepper === null) return null
  const { update, learner } = stepper.place().state
  return { update, bytes: encodeTrained(learner) }
}

const checkpointOf = ({ stepper }: Session): Uint8Array | null => {
  if (stepper === null) return null
  const bytes = stepper.checkpoint(stepper.place())
  return E.isRight(bytes) ? bytes.right : null
}

const buffersOf = ({ policy, checkpoint }: Progress): readonly ArrayBufferLike[] => [
  ...(policy === null ? [] : [policy.bytes.buffer]),
  ...(checkpoint === null ? [] : [checkpoint.buffer]),
]

/** What to tell a watcher, and what it then was sent. */
const tell = (session: Session, sent: Sent, options: WatchOptions): readonly [Progress, Sent] => {
  const { generation, phase, problem, stepper, backend, kept, history, before, links } = session
  const { policyMs = 100, checkpointMs = 1000 } = options
  const now = performance.now()
  const place = stepper?.place() ?? null
  const update = place?.state.update ?? 0
  const config = stepper?.config ?? null
  const first =
    generation === sent.generation ? Math.min(sent.metrics, before + history.length) : before
  const metrics = history.slice(Math.max(0, first - before))
  const name = `${generation}:${place?.link ?? ''}`
  const rests = phase !== 'running'
  const sendsPolicy = name !== sent.policy && (rests || now - sent.policyAt >= policyMs)
  const sendsCheckpoint = name !== sent.policy && (rests || now - sent.checkpointAt >= checkpointMs)
  return [
    {
      generation,
      config: config === sent.config ? null : config,
      phase,
      problem,
      update,
      updates: stepper?.updates ?? 0,
      link: place?.link ?? '',
      metrics,
      first,
      links: links.slice(Math.max(0, first - before)),
      kept: [...kept.entries.keys()].toSorted((a, b) => a - b),
      stepsPerSecond: session.stepsPerSecond,
      threads: stepper?.threads() ?? 1,
      backend,
      policy: sendsPolicy ? policyOf(session) : null,
      checkpoint: sendsCheckpoint ? checkpointOf(session) : null,
    },
    {
      config,
      generation,
      metrics: first + metrics.length,
      policy: sendsPolicy ? name : sent.policy,
      policyAt: sendsPolicy ? now : sent.policyAt,
      checkpointAt: sendsCheckpoint ? now : sent.checkpointAt,
    },
  ]
}

/**
 * Everything that changes in a session, as fast as it is consumed and at most once a frame of the
 * display; changes in between are one item.
 */
export async function* watch(
  session: OpenSession,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<Progress, void, undefined> {
  let sent = nothingSent
  while (!signal.aborted) {
    const changed = session.changed(signal)
    const [progress, next] = tell(session.now(), sent, options)
    sent = next
    yield transfer(progress, buffersOf(progress))
    await changed
    if (options.everyMs !== 0) await pause(options.everyMs ?? 16, signal)
  }
}
