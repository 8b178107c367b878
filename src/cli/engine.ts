import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { cores } from '../algo/ppo/plan/host.ts'
import { isMakerName, maker, makers, type MakerName } from '../kernel/makers.ts'
import { wholeNumber } from './arguments.ts'
import { notOneOf, type Problem } from './problem.ts'

/** Options of commands that learn: they change how fast a run is, and no bit of what it learns. */
export const engineOptions = {
  threads: { type: 'string' },
  kernels: { type: 'string' },
} as const

export interface EngineOrder {
  /** null: as many as there are cores */
  readonly threads: number | null
  readonly kernels: MakerName
}

const isChoice = (name: string): name is MakerName | 'auto' => name === 'auto' || isMakerName(name)

export const parseEngine = (values: {
  readonly threads?: string | undefined
  readonly kernels?: string | undefined
}): E.Either<Problem, EngineOrder> =>
  pipe(
    values.kernels ?? 'auto',
    E.fromPredicate(isChoice, (name) =>
      notOneOf('--kernels', name, ['auto', ...Object.keys(makers)]),
    ),
    E.map((choice) => maker(choice).name),
    E.bindTo('kernels'),
    E.bind('threads', () =>
      values.threads === undefined ? E.right(null) : wholeNumber('threads', values.threads, 1, 1),
    ),
  )

export const threadsOf = async ({ threads }: EngineOrder): Promise<number> =>
  threads ?? (await cores())
