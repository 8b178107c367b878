import { key, split } from '../../random/key.ts'
import { init, parts as ppoParts } from '../../ppo.ts'
import { data, type ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { Clip } from '../../preferences/clip.ts'
import type { Answer } from '../../preferences/labeller.ts'
import { sessionSteps, type Session, type SessionPhase } from '../../preferences/session.ts'
import { sessionHash } from '../sessionHash.ts'
import { answersOf, letterOf, type TeachOrder } from './choices.ts'
import { teachTasks } from './task.ts'

/** A clip as it is drawn: observations of its steps, one after the other. */
export interface ShownClip {
  readonly observations: Float32Array
  readonly steps: number
  readonly terminated: boolean
}

/** A number after so many answers. */
export interface At {
  readonly choices: number
  readonly value: number
}

/** What a page shows of a session, as plain data. */
export interface TeachShown {
  readonly choices: string
  /** answers in all, when the session is over */
  readonly labels: number
  readonly phase: SessionPhase
  readonly update: number
  readonly updates: number
  /** null unless the phase is `choose` */
  readonly question: readonly [ShownClip, ShownClip] | null
  /** some steps of the first environment in the latest rollout, in a row */
  readonly practice: ShownClip
  /** the task's measure, as a mean over the steps of each update's rollout */
  readonly measured: readonly At[]
  /** share of the answers of each round that the reward networks had foreseen, but for the first */
  readonly foreseen: readonly At[]
  /** SHA-256 of the answers, the policy with its optimiser, and the reward networks */
  readonly hash: string
}

/** A session, and the curves that belong to it. */
export interface Teaching {
  readonly session: Session<unknown>
  readonly measured: readonly At[]
  readonly foreseen: readonly At[]
  readonly practice: ShownClip
  readonly previous: Teaching | null
}

/** The steps of a session of one task and seed. */
export interface Teacher {
  readonly order: Omit<TeachOrder, 'choices'>
  readonly start: Teaching
  readonly phase: (teaching: Teaching) => SessionPhase
  readonly choose: (teaching: Teaching, answer: Answer) => Teaching
  /** One fit or update. */
  readonly learn: (teaching: Teaching) => Teaching
  readonly shown: (teaching: Teaching) => TeachShown
}

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length

const floats = (x: ReadonlyNumbers): Float32Array => Float32Array.from(x)

const shownClip = ({ observation, terminated }: Clip): ShownClip => ({
  observations: floats(data(observation)),
  steps: observation.shape[0],
  terminated,
})

/** As many clips of a rollout as one environment makes, as one. */
const practiceOf = (clips: readonly Clip[], most: number): ShownClip => {
  const some = clips.slice(0, most).map(shownClip)
  const observations = some.flatMap((one) => Array.from(one.observations))
  return {
    observations: Float32Array.from(observations),
    steps: some.reduce((sum, { steps }) => sum + steps, 0),
    terminated: false,
  }
}

/** The session before the first answer. */
export const teacher = ({ task, seed }: Omit<TeachOrder, 'choices'>): Teacher => {
  const { env, ppo, preferences, measure } = teachTasks[task]
  const parts = ppoParts(ppo, env)
  const steps = sessionSteps(preferences, parts)
  const [ppoKey, preferencesKey] = split(key(seed), 2)
  const features = env.observationSpace.size
  const updates = Math.floor(ppo.totalSteps / (ppo.envs * ppo.steps))

  const measuredOf = ({ observation }: Clip): readonly number[] => {
    const x = data(observation)
    return Array.from({ length: observation.shape[0] }, (_, step) => measure(x, step * features))
  }
  const meanOf = (clips: readonly Clip[]): number => mean(clips.flatMap(measuredOf))

  const first = steps.start(init(parts)(ppoKey), preferencesKey)
  const perEnv = Math.floor(ppo.steps / preferences.clip)
  return {
    order: { task, seed },
    start: {
      session: first,
      measured: [{ choices: 0, value: meanOf(first.state.history) }],
      foreseen: [],
      practice: practiceOf(first.state.history, perEnv),
      previous: null,
    },
    phase: ({ session }) => steps.phase(session),
    choose: (teaching, answer) => ({
      ...teaching,
      session: steps.choose(teaching.session, answer),
      previous: teaching,
    }),
    learn: (teaching) => {
      const { session } = teaching
      const [learned, next] = steps.learn(session)
      const at = { choices: next.choices.length }
      if (learned.kind === 'update') {
        const clips = next.state.history.slice(session.state.history.length)
        const value = meanOf(clips)
        const practice = clips.length === 0 ? teaching.practice : practiceOf(clips, perEnv)
        const measured = Number.isFinite(value)
          ? [...teaching.measured, { ...at, value }]
          : teaching.measured
        return { ...teaching, session: next, measured, practice }
      }
      const { foreseen } = learned.metrics
      const isFirst = session.state.rounds === 0
      return {
        ...teaching,
        session: next,
        foreseen:
          isFirst || Number.isNaN(foreseen)
            ? teaching.foreseen
            : [...teaching.foreseen, { ...at, value: foreseen }],
      }
    },
    shown: ({ session, measured, foreseen, practice }) => {
      const phase = steps.phase(session)
      const pair = phase === 'choose' ? steps.asked(session) : null
      return {
        choices: session.choices.map(letterOf).join(''),
        labels: preferences.labels,
        phase,
        update: session.state.run.update,
        updates,
        question: pair === null ? null : [shownClip(pair.first), shownClip(pair.second)],
        practice,
        measured,
        foreseen,
        hash: sessionHash(
          session.choices.map(letterOf).join(''),
          session.state.run.learner,
          session.state.ensemble.members.map(({ params }) => params.flat),
        ),
      }
    },
  }
}

/** The teaching before its last `count` answers, as it was. */
const back = (teaching: Teaching, count: number): Teaching => {
  let at = teaching
  for (let i = 0; i < count && at.previous !== null; i++) at = at.previous
  return at
}

/**
 * The way from a session to the one with other answers: back to where both part, and on from there, one fit or
 * update at a time, up to the next question.
 *
 * @returns each session on the way; the last one waits for an answer, or is over. More answers than there
 * are questions are left out.
 */
export function* teachTo(
  { phase, choose, learn }: Teacher,
  from: Teaching,
  choices: string,
): Generator<Teaching, void, undefined> {
  const had = from.session.choices.map(letterOf).join('')
  let common = 0
  while (common < had.length && had[common] === choices[common]) common++
  let at = back(from, had.length - common)
  const rest = answersOf(choices.slice(common))
  yield at
  for (let next = 0; ;) {
    const now = phase(at)
    if (now === 'over' || (now === 'choose' && next === rest.length)) return
    at = now === 'choose' ? choose(at, rest[next++]!) : learn(at)
    if (now !== 'choose' || next === rest.length) yield at
  }
}
