import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** Uses a resource and releases it, even if `use` throws, which TaskEither's bracket does not catch. */
export const bracket =
  <Problem, A, B>(
    acquire: TaskEither<Problem, A>,
    use: (resource: A) => TaskEither<Problem, B>,
    release: (resource: A) => Promise<void> | void,
  ): TaskEither<Problem, B> =>
  async () => {
    const acquired = await acquire()
    if (E.isLeft(acquired)) return acquired
    try {
      return await use(acquired.right)()
    } finally {
      await release(acquired.right)
    }
  }
