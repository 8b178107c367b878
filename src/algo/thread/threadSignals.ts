import { arenaIn } from '../../engine/arrays.ts'
import { controlLength, MESSAGE, type Signals } from '../../engine/signals.ts'
import type { Backend, Memory } from '../../kernel/backend.ts'

/** The signals of threads, which lie first in their memory: see `layAgent`. */
export const signalsOf = (
  { dtype, reserved }: Backend,
  memory: Memory,
  how: Pick<Signals, 'size' | 'timeoutMs' | 'spinCount'>,
): Signals => {
  const shared = arenaIn(dtype, memory.buffer, reserved)
  const control = shared.integers(controlLength(how.size))
  return { control, message: shared.bytes(MESSAGE), ...how }
}
