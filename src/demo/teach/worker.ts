/** The worker of the Teach view: it learns from the visitor beside the run of the page. */
import * as E from 'fp-ts/lib/Either.js'
import { breath } from '../../worker/breath.ts'
import type { Call } from '../../worker/handlers.ts'
import { serve } from '../../worker/serve.ts'
import type { NamesModel } from '../names/model.ts'
import type { NamesShown, NamesTeacher, NamesTeaching } from '../names/teacher.ts'
import type { TeachOrder } from './choices.ts'
import type { Teacher, Teaching, TeachShown } from './teacher.ts'

/** How far a session about names is: the model is made first. */
export type NamesProgress =
  | { readonly kind: 'tuning'; readonly share: number }
  | { readonly kind: 'shown'; readonly shown: NamesShown }

/** What a session about names is a function of, as the link holds it. */
export interface NamesOrder {
  readonly seed: number
  readonly events: string
}

let taught: { readonly teacher: Teacher; readonly at: Teaching } | null = null
let model: NamesModel | null = null
let told: { readonly seed: number; readonly teacher: NamesTeacher; at: NamesTeaching } | null = null

const modelOfNames = async function* (): AsyncGenerator<number, NamesModel> {
  if (model !== null) return model
  const [{ firstNames }, { fineTuneNames }] = await Promise.all([
    import('../../rlhf/corpora/names.ts'),
    import('../names/model.ts'),
  ])
  const names = await firstNames()
  if (E.isLeft(names)) throw new RangeError(names.left.problem)
  const steps = fineTuneNames(names.right.all)
  let shownAt = 0
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) {
      model = value
      return value
    }
    if (performance.now() - shownAt < 100) continue
    shownAt = performance.now()
    yield value
    await breath()
  }
}

const handlers = {
  /**
   * Everything on the way to the session of an order, the last item waiting for a choice. It continues from the
   * session before, as far as both have the same choices.
   */
  teach: async function* (
    { task, seed, choices }: TeachOrder,
    { signal }: Call,
  ): AsyncGenerator<TeachShown> {
    const { teacher: teacherOf, teachTo } = await import('./teacher.ts')
    const isSame = taught?.teacher.order.task === task && taught.teacher.order.seed === seed
    const teacher = isSame ? taught!.teacher : teacherOf({ task, seed })
    for (const at of teachTo(teacher, isSame ? taught!.at : teacher.start, choices)) {
      taught = { teacher, at }
      yield teacher.shown(at)
      await breath()
      if (signal.aborted) return
    }
  },

  /** `teach` for names. */
  names: async function* (
    { seed, events }: NamesOrder,
    { signal }: Call,
  ): AsyncGenerator<NamesProgress> {
    const tuning = modelOfNames()
    let found = await tuning.next()
    while (found.done !== true) {
      yield { kind: 'tuning', share: found.value }
      if (signal.aborted) return
      found = await tuning.next()
    }
    const { namesTeacher, namesTo } = await import('../names/teacher.ts')
    if (told?.seed !== seed) {
      const teacher = namesTeacher(found.value, seed)
      told = { seed, teacher, at: teacher.start }
    }
    for (const at of namesTo(told.teacher, told.at, events)) {
      told.at = at
      yield { kind: 'shown', shown: told.teacher.shown(at) }
      await breath()
      if (signal.aborted) return
    }
  },
}

export type TeachHandlers = typeof handlers

serve(handlers)
