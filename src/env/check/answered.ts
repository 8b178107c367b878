import { errorAt } from '../../tensor/check.ts'
import type { AnyEnvironment, AsyncEnvironment } from '../environment.ts'
import { wait, isPromised, type Later, type Task } from '../../engine/task.ts'
import { withTimeout, DEFAULT_TIMEOUT } from '../timeout.ts'
import type { LawId } from './laws.ts'
import type { Ledger } from './ledger.ts'

/** Calls an environment, and records a failure against a law. */
export type Answered = <T>(law: LawId, place: string, f: () => Later<T>) => Task<T>

/**
 * @param waits whether answers may be promises; if not, a promise breaks the law and its rejection is
 * ignored
 */
export const answering = (
  {
    timeout = DEFAULT_TIMEOUT,
  }: AnyEnvironment<unknown> & Pick<AsyncEnvironment<unknown>, 'timeout'>,
  { run, demand }: Ledger,
  waits: boolean,
): Answered => {
  const late = () => errorAt({ timeout }, `expected an answer within ${timeout} ms, got none`)
  return function* <T>(law: LawId, place: string, f: () => Later<T>): Task<T> {
    const promised = run(law, place, f)
    const answer = yield* wait(waits ? withTimeout(promised, timeout, late) : promised)
    if (!isPromised(answer)) return answer
    Promise.resolve(answer).catch(() => undefined)
    demand(
      law,
      place,
      'expected an answer, got a Promise: check an environment that returns promises with checkEnvAsync',
    )
    return answer
  }
}
