/** A worker of a program, which answers its requests, and may be a thread of training as well. */
import { serve } from '../../.build/tested/dist/worker/index.js'

serve({ double: (n) => 2 * n })
