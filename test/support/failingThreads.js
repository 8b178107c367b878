/**
 * Trains twice over an environment of threadWorlds.js whose threads fail, in a process of its own, since
 * some of them never come back: `node failingThreads.js NAME TIMEOUT`. Prints what was thrown.
 */
import { ppo, random } from '../../.build/tested/dist/index.js'
import * as worlds from './threadWorlds.js'

const [name, timeoutMs] = process.argv.slice(2)
const config = { ...ppo.preset('cleanrl'), totalSteps: 512, hidden: [8] }
const module = new URL('threadWorlds.js', import.meta.url).href
const parts = await ppo.threadedParts(
  config,
  new Map(Object.entries(worlds)).get(name) ?? worlds.counter,
  {
    threads: 2,
    timeoutMs: Number(timeoutMs),
    source: { module, name },
  },
)
const start = ppo.init(parts)(random.key(1))
const thrown = [1, 2].map(() => {
  try {
    return ppo.iterate(config, parts)(start)
  } catch (error) {
    return String(error)
  }
})
await parts.stop()
process.stdout.write(JSON.stringify(thrown))
