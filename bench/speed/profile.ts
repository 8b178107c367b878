/** Where the time of an iteration goes. */
import { env, ppo, rl } from '../../src/index.ts'
import { interleave, secondsOf, timesToFill, type Effort } from './rounds.ts'
import { median, shown, spread, table } from './table.ts'
import { cleanrl, trainer } from './training.ts'

const PHASES = ['rollout', 'gae + returns', 'update', 'rest', 'all'] as const

/** Milliseconds of an iteration. */
type Profile = { readonly [phase in (typeof PHASES)[number]]: number }

const profiler = ({ seconds, updates }: Effort, backend: 'js' | 'wasm'): (() => Profile) => {
  const parts = ppo.parts(cleanrl, env.cartPole, backend)
  const spent = { rollout: 0, update: 0 }
  let trajectory: ppo.Trajectory | null = null
  const timed: typeof parts = {
    ...parts,
    rollout: (params, key) => (envState) => {
      const started = performance.now()
      const result = parts.rollout(params, key)(envState)
      spent.rollout += performance.now() - started
      trajectory = result[0].trajectory
      return result
    },
    update: (batch, key, rates) => (learner) => {
      const started = performance.now()
      const result = parts.update(batch, key, rates)(learner)
      spent.update += performance.now() - started
      return result
    },
  }
  const run = trainer(cleanrl, timed)
  const filling = timesToFill(seconds, run)
  const iterations = updates ?? filling
  return () => {
    spent.rollout = 0
    spent.update = 0
    const all = (1000 * secondsOf(() => run(iterations))) / iterations
    // The iteration calls these two by itself, so they are timed on what it saw last.
    const seen = trajectory!
    const look = secondsOf(() => {
      for (let i = 0; i < iterations; i++) {
        rl.lambdaReturn(cleanrl)(seen)
        rl.gae(cleanrl)(seen)
      }
    })
    const rollout = spent.rollout / iterations
    const update = spent.update / iterations
    const looking = (1000 * look) / iterations
    return {
      rollout,
      'gae + returns': looking,
      update,
      rest: all - rollout - update - looking,
      all,
    }
  }
}

export const profile = (effort: Effort): void => {
  const { rounds } = effort
  const measured = interleave<Profile>(
    rounds,
    new Map((['js', 'wasm'] as const).map((backend) => [backend, profiler(effort, backend)])),
  )
  console.log(
    `\nWhere an iteration's time goes at CleanRL's defaults, one thread, ${rounds} rounds:`,
  )
  console.log(
    'ms per iteration, median (min … max), and percent; rest: checks, metrics, flattening\n',
  )
  const cells = (profiles: readonly Profile[], phase: keyof Profile): readonly string[] => {
    const percent = median(profiles.map((x) => (100 * x[phase]) / x.all))
    const ms = profiles.map((x) => x[phase])
    return spread(ms, 3).concat(`${shown(percent, 1)} %`)
  }
  const of = (phase: keyof Profile) =>
    [...measured.values()].flatMap((profiles) => cells(profiles, phase))
  const header = ['', [...measured.keys()].flatMap((backend) => [backend, '', ''])]
  console.log(table([header, ...PHASES.map((phase) => [phase, of(phase)])]))
}
