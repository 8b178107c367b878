import { connect, type Client } from '../../worker/connect.ts'
import type { TeachHandlers } from './worker.ts'

export type TeachClient = Client<TeachHandlers>

/** Starts the worker that learns from the visitor. */
export const teachClient = (): TeachClient =>
  connect<TeachHandlers>(
    () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  )
