/** What else this machine is doing: on a busy one, figures of two threads are worth nothing. */
import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'

/** Milliseconds that all cores together have worked, and have had. */
const clocks = (): readonly [busy: number, all: number] => {
  let [busy, all] = [0, 0]
  for (const { times } of cpus()) {
    const work = times.user + times.nice + times.sys + times.irq
    busy += work
    all += work + times.idle
  }
  return [busy, all]
}

const WATCH = 500

/** Watches the machine while this program sleeps. */
export const othersBusy = async (): Promise<string> => {
  const cores = cpus().length
  const [busyBefore, allBefore] = clocks()
  await setTimeout(WATCH)
  const [busy, all] = clocks()
  const taken = (cores * (busy - busyBefore)) / Math.max(1, all - allBefore)
  const line = `other programs keep ${taken.toFixed(1)} of ${cores} cores busy`
  return taken > 0.3 ? `${line}: TRUST NO FIGURE OF TWO THREADS` : line
}
