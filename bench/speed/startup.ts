/** How long a program waits for its first update, from nothing. */
import { execFileSync } from 'node:child_process'
import { spread, table } from './table.ts'
import type { Effort } from './rounds.ts'

/** What is published: `npm run build` bundles it. */
const library = new URL('../../../dist/index.js', import.meta.url).href

const PROGRAM = `
  const before = performance.now()
  const { env, ppo, random } = await import(${JSON.stringify(library)})
  const config = ppo.preset('cartpole')
  const parts = ppo.parts(config, env.cartPole)
  ppo.train(config, parts)(ppo.init(parts)(random.key(1))).next()
  const end = performance.now()
  console.log(JSON.stringify([end, end - before]))`

const once = (): readonly [number, number] =>
  JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM], { encoding: 'utf8' }),
  ) as [number, number]

export const startup = ({ rounds }: Effort): void => {
  once()
  const runs = Array.from({ length: rounds }, once)
  console.log(
    `\nTo the end of the first update, preset cartpole, ${rounds} runs: median (min … max)\n`,
  )
  const row = (name: string, ms: readonly number[]) => [name, spread(ms, 0)]
  console.log(
    table([
      row(
        "from node's start, ms",
        runs.map(([sinceStart]) => sinceStart),
      ),
      row(
        'from the import, ms',
        runs.map(([, sinceImport]) => sinceImport),
      ),
    ]),
  )
}
