/** The worker of the page: it trains, and does what views ask for. */
import { serve } from '../worker/serve.ts'
import { training } from '../worker/training/training.ts'
import { curvesHandlers } from './curves/handlers.ts'
import { anatomyHandlers } from './anatomy/handlers.ts'
import { linkHandlers } from './link/handlers.ts'
import { timeHandlers } from './time/handlers.ts'

const session = training()

export const handlers = {
  ...session.handlers,
  ...linkHandlers,
  ...curvesHandlers,
  ...timeHandlers,
  ...anatomyHandlers(session),
}

export type PageHandlers = typeof handlers

serve(handlers)
