import * as E from 'fp-ts/lib/Either.js'
import { gpuParts } from '../../algo/ppo/gpu/parts.ts'
import { init, parts, runAsync, type Metrics, type TrainState } from '../../algo/ppo/index.ts'
import { environmentOf } from '../../env/environments.ts'
import { openDevice, type Device } from '../../kernel/gpu/device.ts'
import { key } from '../../random/index.ts'
import { breath, document, leave, location } from '../page.ts'
import { choicesOf, isGpu, type Choices } from './choices.ts'
import { problemHtml, shownHtml, STYLE, type Shown } from './view.ts'

/** What a run came to, for programs that look at the page. */
interface Learned {
  readonly metrics: readonly Metrics[]
  /** as the last whole update left it */
  readonly state: TrainState<unknown>
  readonly on: Shown['on']
  readonly problem: string | null
}

/** The page shows how far it is as often as this. */
const MILLISECONDS = 100

document.head.insertAdjacentHTML('beforeend', `<style>${STYLE}</style>`)
const main = document.querySelector('main')

const learn = async (choices: Choices, device: Device | null): Promise<string> => {
  const { env: name, backend, config, seed } = choices
  const env = environmentOf(name)
  const gpu = device === null ? null : gpuParts(config, env, device)
  const made = gpu ?? parts(config, env, isGpu(backend) ? 'auto' : backend)
  const on = gpu === null ? null : { device: gpu.device, transfers: gpu.transfers }
  const metrics: Metrics[] = []
  const started = performance.now()
  const show = (problem: string | null): void => {
    const seconds = (performance.now() - started) / 1000
    main.innerHTML = shownHtml({ choices, metrics, seconds, on, problem })
  }
  show(null)
  await breath()
  let shown = 0
  // Rollouts wait for the browser now and then, so that it can show how far they are.
  const { rollout } = made
  const patient = {
    ...made,
    rollout: (...how: Parameters<typeof rollout>) => {
      const act = rollout(...how)
      return async (slots: Parameters<typeof act>[0]) => {
        if (performance.now() - shown > MILLISECONDS) {
          show(null)
          await breath()
          shown = performance.now()
        }
        return act(slots)
      }
    },
  }
  const ended = await runAsync(config, patient)(init(made)(key(seed)), (told) => metrics.push(told))
  const state = E.isLeft(ended) ? ended.left.state : ended.right
  const problem = E.isLeft(ended) ? ended.left.fault.message : null
  show(problem)
  leave('learned', { metrics, state, on, problem } satisfies Learned)
  return problem === null ? 'learned' : 'stopped'
}

const run = async (): Promise<string> => {
  const choices = choicesOf(location.search)
  if (E.isLeft(choices)) {
    main.innerHTML = problemHtml(choices.left)
    return 'a wrong address'
  }
  const { backend } = choices.right
  const device = isGpu(backend) ? await openDevice(backend) : E.right(null)
  if (E.isLeft(device)) {
    main.innerHTML = problemHtml(device.left.message)
    return 'no such device'
  }
  return learn(choices.right, device.right)
}

document.title = `Learning: ${await run().catch((error: unknown) => {
  main.innerHTML = problemHtml(error instanceof Error ? error.message : String(error))
  return 'failed'
})}`
