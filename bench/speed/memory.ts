/** Memory over a long run. Typed arrays lie outside the heap, so they are counted by themselves. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { chart, grouped, openConsole } from '../../src/cli/console.ts'
import { env, ppo, random } from '../../src/index.ts'
import { shown, table } from './table.ts'

const STEPS_BETWEEN_SAMPLES = 50_000

/** Steps after which everything that is made once has been made. */
const SETTLED = 200_000

const MB = 1e6

type Sample = { readonly [what in 'rss' | 'heapUsed' | 'arrayBuffers']: number }

const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** One run of `steps`, with a collection at the two ends of what is measured, but nowhere else. */
export const memory = (steps: number): void => {
  const collect = collector()
  const config = { ...ppo.preset('cleanrl'), totalSteps: steps }
  const parts = ppo.parts(config, env.cartPole, 'wasm')
  const samples: Sample[] = []
  const marks: Array<{ readonly before: Sample; readonly after: Sample }> = []
  const mark = (): void => {
    const before = process.memoryUsage()
    collect()
    marks.push({ before, after: process.memoryUsage() })
  }
  let [sampled, isSettled] = [0, false]
  const settled = Math.min(SETTLED, steps / 2)
  for (const [{ steps: done }] of ppo.train(config, parts)(ppo.init(parts)(random.key(1)))) {
    if (done - sampled >= STEPS_BETWEEN_SAMPLES) {
      sampled = done
      samples.push(process.memoryUsage())
    }
    if (!isSettled && done >= settled) {
      isSettled = true
      mark()
    }
  }
  mark()

  const draw = (title: string, of: (sample: Sample) => number): void => {
    console.log(`\n${title}, MB, every ${grouped(STEPS_BETWEEN_SAMPLES)} steps`)
    const mb = samples.map((sample) => of(sample) / MB)
    if (mb.length > 0) console.log(chart(openConsole(process), mb, '0', `${grouped(steps)} steps`))
  }
  console.log(`Memory of one run of ${grouped(steps)} steps, preset cleanrl, wasm on one thread`)
  draw('heap used, including garbage', (sample) => sample.heapUsed)
  draw('RSS', (sample) => sample.rss)

  const [early, late] = [marks[0]!, marks[1]!]
  const row = (name: string, from: number, to: number): readonly string[] => [
    name,
    shown(from / MB, 2),
    shown(to / MB, 2),
    shown((to - from) / MB, 2),
  ]
  console.log(
    `\n${table([
      ['MB', `at ${grouped(settled)} steps`, 'at the end', 'growth'],
      row('heap after gc', early.after.heapUsed, late.after.heapUsed),
      row('typed arrays after gc', early.after.arrayBuffers, late.after.arrayBuffers),
      row('RSS', early.before.rss, late.before.rss),
      row('RSS after gc', early.after.rss, late.after.rss),
    ])}`,
  )
}
