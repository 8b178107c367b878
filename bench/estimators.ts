/**
 * What an estimator of advantages trades: bias for variance. On a random walk whose values are
 * known, with a V that is wrong, the error of the k-step advantages and of GAE at the start:
 * `npm run bench:estimators -- [--episodes N] [--seed N] [--out file.svg]`.
 *
 * A k-step estimate trusts V after k steps; GAE mixes all of them with weights (1 − λ) λᵏ⁻¹.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { random, rl, tensor } from '../src/index.ts'
import { measure, type Errors, type Estimator } from '../src/guide/plots/estimators/measure.ts'
import { STATES, TRUE_VALUES } from '../src/guide/plots/estimators/walk.ts'
import { linePlot, sideBySide, type LinePlot } from './plot.ts'
import { table } from './speed/table.ts'

const KS = [1, 2, 4, 8, 16, Infinity]
const LAMBDAS = [0, 0.5, 0.9, 0.95, 1]

const nameOfK = (k: number): string => (k === Infinity ? '∞' : String(k))

const ESTIMATORS: ReadonlyArray<readonly [string, Estimator]> = [
  ...KS.map((k) => [`k = ${nameOfK(k)}`, rl.kStepAdvantage({ gamma: 1, k })] as const),
  ...LAMBDAS.map((lambda) => [`λ = ${lambda}`, rl.gae({ gamma: 1, lambda })] as const),
]

const lines = (title: string, errors: readonly Errors[]): string => {
  const row = (name: string, { bias, variance, mse, standard }: Errors): readonly string[] => [
    name,
    bias.toFixed(3),
    `± ${standard.bias.toFixed(3)}`,
    Math.sqrt(variance).toFixed(3),
    Math.sqrt(mse).toFixed(3),
  ]
  return table([
    [title],
    ['', 'bias', '', 'std', 'RMSE'],
    ...ESTIMATORS.map(([name], i) => row(name, errors[i]!)),
  ])
}

type Axis = Pick<LinePlot, 'title' | 'x' | 'logX' | 'xTicks'>

/** Bias², variance and their sum, with bands of two standard errors. */
const plot = (axis: Axis, places: readonly number[], errors: readonly Errors[]): string => {
  const points = (f: (e: Errors) => readonly [number, number]) =>
    errors.map((e, i) => {
      const [y, standard] = f(e)
      return { x: places[i]!, y, low: Math.max(0, y - 2 * standard), high: y + 2 * standard }
    })
  return linePlot({
    ...axis,
    y: 'squared error at the start',
    series: [
      {
        name: 'bias²',
        points: points((e) => [e.bias ** 2, 2 * Math.abs(e.bias) * e.standard.bias]),
      },
      { name: 'variance', points: points((e) => [e.variance, e.standard.variance]) },
      { name: 'sum', points: points((e) => [e.mse, e.standard.mse]) },
    ],
  })
}

const count = (name: string, text: string, from: number): number => {
  const n = Number(text)
  if (!(Number.isInteger(n) && n >= from))
    throw new RangeError(`--${name}: expected a whole number >= ${from}, got ${text}`)
  return n
}

const { values: options } = parseArgs({
  options: {
    episodes: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
})
const episodes = count('episodes', options.episodes, 2)
const [walkKey, noiseKey] = random.split(random.key(count('seed', options.seed, 0)), 2)

const noise = tensor.toArray(random.normal(noiseKey, ['state'], [STATES], 'f64'))
const noisy = TRUE_VALUES.map((v, i) => v + 0.5 * noise[i]!)
const ofEstimators = ESTIMATORS.map(([, estimator]) => estimator)
const unknowing = measure(
  walkKey,
  episodes,
  TRUE_VALUES.map(() => 0),
  ofEstimators,
)

console.log(`random walk of ${STATES} states, γ = 1, ${episodes} episodes`)
console.log(`\n${lines('V = 0: it knows nothing', unknowing)}`)
console.log(
  `\n${lines('V = v + noise of deviation ½', measure(walkKey, episodes, noisy, ofEstimators))}`,
)

if (options.out !== undefined) {
  // ∞ stands where the next power of two would.
  const places = KS.map((k) => (k === Infinity ? 32 : k))
  const ofK = plot(
    {
      title: 'k-step advantages, V = 0',
      x: 'k',
      logX: true,
      xTicks: KS.map((k, i) => [places[i]!, nameOfK(k)]),
    },
    places,
    unknowing.slice(0, KS.length),
  )
  const ofLambda = plot(
    { title: 'GAE, V = 0', x: 'λ', xTicks: LAMBDAS.map((lambda) => [lambda, String(lambda)]) },
    LAMBDAS,
    unknowing.slice(KS.length),
  )
  writeFileSync(options.out, sideBySide([ofK, ofLambda]))
  console.log(`\n${options.out}`)
}
