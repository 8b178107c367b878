/** What came out of all seeds, in Markdown. */
import { median, shown } from '../speed/table.ts'
import type { ArmResult, Measured, SeedResult } from './experiment.ts'
import { fitLinear, fitLogarithmic, type Fit } from './fits.ts'

const last = (result: ArmResult): Measured => result.curve.at(-1)!

const peak = ({ curve }: ArmResult): number => Math.max(...curve.map(({ gold }) => gold))

const number = (x: number, digits = 2): string => shown(x, digits).replace('-', '−')

/** The median over seeds, with the smallest and the largest. */
const spread = (xs: readonly number[], digits = 2): string =>
  `${number(median(xs), digits)} (${number(Math.min(...xs), digits)} … ${number(Math.max(...xs), digits)})`

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const HEAD = [
  'reward',
  'proxy at the end',
  'gold, highest',
  'gold at the end',
  'fall of gold',
  'KL at the end',
  'accuracy',
  's',
]

const pointsOf = (results: readonly ArmResult[]): ReadonlyArray<{ d: number; gold: number }> =>
  results.flatMap(({ curve }) => curve.map(({ kl, gold }) => ({ d: Math.sqrt(kl), gold })))

const fitText = (name: string, { alpha, beta, r2 }: Fit): string =>
  `${name}: α ${number(alpha)}, β ${number(beta)}, R² ${number(r2)}`

/** A line an arm, then best-of-n, then the fits. */
export const report = (results: readonly SeedResult[]): string => {
  const arms = results[0]!.arms.map(({ arm }, place) => {
    const all = results.map((result) => result.arms[place]!)
    const accuracies = all.flatMap(({ accuracy }) => accuracy ?? [])
    return line([
      arm.name,
      spread(all.map((each) => last(each).proxy)),
      spread(all.map(peak)),
      spread(all.map((each) => last(each).gold)),
      spread(all.map((each) => peak(each) - last(each).gold)),
      spread(all.map((each) => last(each).kl)),
      accuracies.length === 0 ? '' : number(median(accuracies), 3),
      shown(median(all.map(({ seconds }) => seconds)), 0),
    ])
  })
  const best = results[0]!.bestOfN.map(({ n, kl }, place) => {
    const of = results.map(({ bestOfN }) => bestOfN[place]!)
    const texts = [of.map(({ proxy }) => proxy), of.map(({ gold }) => gold)].map((xs) => spread(xs))
    return line([`best of ${n}`, ...texts, number(kl)])
  })
  const free = pointsOf(results.map(({ arms: [first] }) => first!))
  const chosen = results.flatMap(({ bestOfN }) =>
    bestOfN.map(({ kl, gold }) => ({ d: Math.sqrt(kl), gold })),
  )
  return [
    `${results.length} seeds; SFT ${spread(
      results.map(({ nats }) => nats),
      3,
    )} nats per character; medians, smallest … largest`,
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...arms,
    '',
    line(['best of n', 'proxy', 'gold', 'KL']),
    line(['---', '---', '---', '---']),
    ...best,
    '',
    fitText('PPO at β = 0, gold = d (α − β log d)', fitLogarithmic(free)),
    fitText('PPO at β = 0, gold = d (α − β d)', fitLinear(free)),
    fitText('best of n, gold = d (α − β d)', fitLinear(chosen)),
    fitText('best of n, gold = d (α − β log d)', fitLogarithmic(chosen)),
  ].join('\n')
}
