import type { PpoConfig } from '../../algo/ppo/config.ts'
import { parts, type Parts } from '../../algo/ppo/iterate.ts'
import type { TrainState } from '../../algo/learner.ts'
import type { Training } from '../../worker/training/training.ts'
import type { Anatomy } from './anatomy.ts'

/** What the worker does for Anatomy. */
export const anatomyHandlers = ({ current }: Pick<Training, 'current'>) => {
  let made: Parts<unknown> | null = null
  return {
    /** The next update of the run from the inside; null where there is no run. */
    anatomy: async (): Promise<Anatomy | null> => {
      const { anatomyOf } = await import('./anatomy.ts')
      const now = current()
      if (now === null || now.config.algorithm !== 'ppo') return null
      const settings = now.parts.config as PpoConfig
      // Parts of its own, on this thread: those of the run may be on several.
      if (made?.config !== settings || made.env.env !== now.env) made = parts(settings, now.env)
      return anatomyOf(made, now.state as TrainState<unknown>)
    },
  }
}
