/** How the time of an env step grows with the networks, the environments and the minibatches. */
import { env, ppo } from '../../src/index.ts'
import { interleave, isShort, ratios, type Effort } from './rounds.ts'
import { shown, spread, table, type Cells } from './table.ts'
import { cleanrl, piece } from './training.ts'

const MOST_SAMPLES = 32768

const withHidden = (width: number): ppo.PpoConfig => ({ ...cleanrl, hidden: [width, width] })

const withEnvs = (envs: number): ppo.PpoConfig => {
  const steps = Math.min(cleanrl.steps, MOST_SAMPLES / envs)
  const minibatch = (envs * steps) / cleanrl.minibatches
  return { ...cleanrl, envs, steps, shards: minibatch < 64 ? 1 : cleanrl.shards }
}

const withMinibatch = (minibatch: number): ppo.PpoConfig => {
  const envs = 32
  const minibatches = (envs * cleanrl.steps) / minibatch
  return { ...cleanrl, envs, minibatches, shards: minibatch < 64 ? 1 : cleanrl.shards }
}

/** Of one env step, acting and learning from it; the formula is the one that is printed. */
const flops = ({ hidden, epochs }: ppo.PpoConfig): number => {
  const inputs = env.cartPole.observationSpace.size
  let [forward, first] = [0, 0]
  for (const outputs of [env.cartPole.actionSpace.n, 1]) {
    const sizes = [inputs, ...hidden, outputs]
    first += 2 * inputs * sizes[1]!
    for (let i = 1; i < sizes.length; i++) forward += 2 * sizes[i - 1]! * sizes[i]!
  }
  return forward + epochs * (3 * forward - first)
}

const FORMULA = `flop of an env step = F + epochs · (3 F − first): F = Σ 2 · in · out over the layers of both nets,
acting once; then each epoch forward F, gradients of weights F, of inputs F minus the first layers',
which are not needed. Left out: tanh, softmax, Adam, the environment, GAE, shuffling.`

interface Group {
  readonly title: string
  readonly rows: ReadonlyArray<readonly [string, ppo.PpoConfig]>
}

const groups = (widest: number): readonly Group[] => [
  {
    title: 'hidden layers (4 envs × 128 steps, 4 minibatches)',
    rows: [32, 64, 128, 256, 512, 1024]
      .filter((width) => width <= widest)
      .map((width) => [`${width} ${width}`, withHidden(width)]),
  },
  {
    title: 'envs × steps (hidden 64 64, 4 minibatches)',
    rows: [1, 4, 16, 64, 256, 1024].map((envs) => {
      const config = withEnvs(envs)
      return [`${envs} × ${config.steps}`, config]
    }),
  },
  {
    title: 'minibatches (hidden 64 64, 32 envs × 128 steps)',
    rows: [32, 128, 512, 2048].map((size) => [`of ${size}`, withMinibatch(size)]),
  },
]

const REFERENCE = '64 64'

export const scaling = (effort: Effort): void => {
  const rounds = Math.ceil(effort.rounds / 3)
  const all = groups(isShort(effort) ? 256 : 1024)
  const contenders = new Map<string, () => number>()
  for (const { rows } of all)
    for (const [name, config] of rows) {
      const parts = ppo.parts(config, env.cartPole, 'wasm')
      const speed = piece({ seconds: effort.seconds, updates: null }, config, parts)
      contenders.set(name, () => 1e12 / (speed() * flops(config)))
    }
  const times = interleave(rounds, contenders)

  console.log(`\nScaling, wasm on one thread, ${rounds} rounds: median (min … max)`)
  console.log(FORMULA)
  console.log('Two shards, but one where a minibatch is under 64 samples. "× 64 64": time per flop')
  console.log('relative to hidden layers of 64, within each round. Mflop: per env step.')
  if (isShort(effort))
    console.log('SKIPPED because the run is short: hidden layers of 512 and 1024')
  const line = ([name, config]: readonly [string, ppo.PpoConfig]): readonly Cells[] => {
    const picoseconds = times.get(name)!
    const work = flops(config)
    const speeds = picoseconds.map((ps) => 1e12 / (ps * work))
    return [
      name,
      spread(speeds, 0),
      shown(work / 1e6, 3),
      spread(picoseconds, 1),
      spread(ratios(times, name, REFERENCE)!, 2),
    ]
  }
  const header = ['', 'steps/s', '', 'Mflop', 'ps/flop', '', `× ${REFERENCE}`]
  // One table, so that its columns are as wide in all three groups.
  const lines = all.flatMap(({ title, rows }) =>
    [['\n' + title] as readonly Cells[]].concat(rows.map(line)),
  )
  console.log(`\n${table([header, ...lines])}`)
}
