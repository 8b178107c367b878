/**
 * Work that asks for answers and continues with them, so that it is written once for synchronous and
 * asynchronous answers: `const environment = yield* ask(init(key))`.
 */
export type Task<T> = Generator<readonly unknown[], T, readonly unknown[]>

/** Asks for nothing: it marks the end of a piece of work, where the runner may pause. */
export const PIECE: readonly unknown[] = []

/** Called between pieces of work: a promise to wait for before the next one, or null to continue. */
export type Pause = () => PromiseLike<unknown> | null

/** An answer, or the promise of one. */
export type Later<T> = T | PromiseLike<T>

/** Whether an answer is a promise. Reads `then`, as `await` does. */
export const isPromised = (answer: unknown): answer is PromiseLike<unknown> =>
  typeof answer === 'object' &&
  answer !== null &&
  'then' in answer &&
  typeof answer.then === 'function'

/** Applies f to an answer, at once or when its promise resolves. */
export const andThen = <T, R>(answer: Later<T>, f: (answer: T) => Later<R>): Later<R> =>
  isPromised(answer) ? answer.then(f) : f(answer)

/** All these answers. Promises are awaited together, not one after the other. */
export function* waitAll<T>(answers: ReadonlyArray<Later<T>>): Task<readonly T[]> {
  return (yield answers) as readonly T[]
}

export function* wait<T>(answer: Later<T>): Task<T> {
  const given = yield [answer]
  return given[0] as T
}

/** Does work whose answers are all synchronous: each answer is passed back unchanged. */
export const runSync = <T>(task: Task<T>): T => {
  let next = task.next()
  while (next.done !== true) next = task.next(next.value)
  return next.value
}

/**
 * `runSync` that refuses promises.
 *
 * @param refuse makes the error that is thrown instead of waiting
 */
export const runAtOnce = <T>(task: Task<T>, refuse: () => Error): T => {
  let next = task.next()
  while (next.done !== true) {
    const promised = next.value.filter(isPromised)
    // Nobody waits for these any longer: a rejection of theirs must not end the process.
    for (const answer of promised) answer.then(undefined, () => undefined)
    if (promised.length > 0) throw refuse()
    next = task.next(next.value)
  }
  return next.value
}

const resumeWith = async <T>(
  task: Task<T>,
  answers: readonly unknown[],
): Promise<IteratorResult<readonly unknown[], T>> => {
  // Await each in its own function, since reading `then` may throw.
  const settled = await Promise.allSettled(answers.map(async (answer) => answer))
  const broken = settled.find(({ status }) => status === 'rejected')
  return broken?.status === 'rejected'
    ? task.throw(broken.reason)
    : task.next(settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined)))
}

/**
 * Does work whose answers may be promises. If some of them reject, the first in order is thrown inside the
 * work, after all others have settled, so that nothing is left running.
 */
export const runAsync = async <T>(task: Task<T>): Promise<T> => {
  let next = task.next()
  while (next.done !== true) next = await resumeWith(task, next.value)
  return next.value
}

/** Calls a pause. One that throws ends the work as one that rejects does, so that the work can clean up. */
const pauseNow = (pause: Pause): ReturnType<Pause> => {
  try {
    return pause()
  } catch (error) {
    return Promise.reject(error)
  }
}

/**
 * Does work whose answers are all synchronous, and waits between its pieces as long as `pause` says. If
 * `pause` throws, or its promise rejects, the reason is thrown inside the work.
 */
export const runPausing = async <T>(task: Task<T>, pause: Pause): Promise<T> => {
  let next = task.next()
  while (next.done !== true) {
    const answers = next.value
    const wait = pauseNow(pause)
    next =
      wait === null
        ? task.next(answers)
        : await Promise.resolve(wait).then(
            () => task.next(answers),
            (reason) => task.throw(reason),
          )
  }
  return next.value
}
