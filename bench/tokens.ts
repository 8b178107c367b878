/**
 * How fast language models are fine-tuned and learn by PPO, beside plain loops in C that do the same work in the same
 * minutes (bench/tokens.c): `npm run bench:tokens -- [--rounds 15]`.
 *
 * Contenders take turns, and ratios are taken within each round, so that a machine that slows down slows both.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { random, rlhf } from '../src/index.ts'
import { fineTuneSteps } from '../src/rlhf/fineTune.ts'
import { wholeNumber } from './learning/options.ts'
import { interleave, ratios, secondsOf } from './speed/rounds.ts'
import { spread, table } from './speed/table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = `${root}.build/tokens`

/** Of a piece of work: minibatches of 256 tokens, and updates of 1,024. */
const [MINIBATCHES, UPDATES] = [60, 5]

/** The sizes that are compiled into bench/tokens.c. */
const [LETTERS, LONGEST, WINDOW] = [27, 15, 8]

const right = <A>(either: E.Either<{ readonly problem: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.problem)
  return either.right
}

/** Tokens per second, as the program measures it. */
const inC = (work: 'sft' | 'ppo', count: number) => (): number => {
  const out = execFileSync(program, [work, String(count)], { encoding: 'utf8' })
  return Number(/: (\d+) tokens\/s/.exec(out)![1])
}

const letters = Array.from({ length: LETTERS }, (_, i) => String.fromCharCode(0x61 + i))
const vocabulary = right(rlhf.vocabulary('characters', letters))
const model = rlhf.languageModel(vocabulary)
const rho = model.init(random.key(1))

/** Fine-tuning that goes on for as many minibatches as are asked for. */
const fineTuning = (): (() => number) => {
  const sequences = Array.from({ length: 800 }, (_, i) =>
    Array.from({ length: 7 }, (__, t) => (7 * i + 3 * t * t) % LETTERS),
  )
  const config = { ...rlhf.fineTuneConfig, epochs: 1_000_000 }
  const steps = fineTuneSteps(config, model)(rho, sequences, random.key(2))
  return () => {
    const seconds = secondsOf(() => {
      for (let i = 0; i < MINIBATCHES; i++) steps.next()
    })
    return (MINIBATCHES * config.batch) / seconds
  }
}

/** PPO that goes on for as many updates as are asked for; a score costs next to nothing. */
const learning = (): (() => number) => {
  const config = rlhf.languagePpoConfig(model, 1_000_000)
  const length: rlhf.Score = (tokens) => 0.1 * tokens.length
  const env = rlhf.languageEnvironment(vocabulary, { window: WINDOW, longest: LONGEST }, length)
  const parts = rlhf.languagePpo.parts(config, env)
  const update = rlhf.iterateLanguage({ beta: 0.1, adaptive: null }, parts, model, rho)
  const first = rlhf.languagePpo.init(parts)(random.key(3))
  let state: rlhf.LanguageState = { run: rlhf.fromLanguageModel(config, first, rho), beta: 0.1 }
  return () => {
    const seconds = secondsOf(() => {
      for (let i = 0; i < UPDATES; i++) [, state] = update(state)
    })
    return (UPDATES * config.envs * config.steps) / seconds
  }
}

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } })
const rounds = wholeNumber('rounds', values.rounds, 1)

/** Builds the program; false, and loudly, where that cannot be. */
const isBuilt = (): boolean => {
  try {
    mkdirSync(`${root}.build`, { recursive: true })
    execFileSync('gcc', ['-O3', `${root}bench/tokens.c`, '-o', program, '-lm'])
    return true
  } catch {
    console.log('C: SKIPPED, no gcc to build bench/tokens.c, so there are no ratios to C')
    return false
  }
}

const hasC = isBuilt()
const contenders = new Map([
  ['fine-tuning', fineTuning()],
  ['PPO', learning()],
])
if (hasC) {
  contenders.set('fine-tuning in C', inC('sft', MINIBATCHES))
  contenders.set('PPO in C', inC('ppo', UPDATES))
}
// The first piece of each compiles and warms up.
for (const measure of contenders.values()) measure()
const measured = interleave(rounds, contenders)
const row = (name: string): readonly (readonly string[] | string)[] => [
  name,
  spread(measured.get(name)!, 0),
]
console.log(
  table([
    [`tokens per second, ${rounds} rounds: the median (min … max)`],
    ...[...contenders.keys()].map(row),
    [''],
    ['times the speed of C'],
    ...['fine-tuning', 'PPO'].flatMap((name) => {
      const times = ratios(measured, name, `${name} in C`)
      return times === null ? [] : [[name, spread(times, 2)]]
    }),
  ]),
)
