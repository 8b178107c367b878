/** The laws of Gao et al. 2022, arXiv:2210.10760, section 3.1, fitted by least squares. */

export interface Fit {
  readonly alpha: number
  readonly beta: number
  /** the share of the variance of the gold score that the law explains */
  readonly r2: number
}

/** gold(d) = d (α − β f(d)), linear in α and β: d = √KL. */
const fit =
  (f: (d: number) => number) =>
  (points: ReadonlyArray<{ readonly d: number; readonly gold: number }>): Fit => {
    // At d = 0 both laws are 0.
    const some = points.filter(({ d }) => d > 0)
    let [aa, ab, bb, ag, bg] = [0, 0, 0, 0, 0]
    for (const { d, gold } of some) {
      const [a, b] = [d, -d * f(d)]
      aa += a * a
      ab += a * b
      bb += b * b
      ag += a * gold
      bg += b * gold
    }
    const det = aa * bb - ab * ab
    const [alpha, beta] = [(ag * bb - bg * ab) / det, (bg * aa - ag * ab) / det]
    const mean = some.reduce((sum, { gold }) => sum + gold, 0) / some.length
    let [rest, all] = [0, 0]
    for (const { d, gold } of some) {
      rest += (gold - d * (alpha - beta * f(d))) ** 2
      all += (gold - mean) ** 2
    }
    return { alpha, beta, r2: 1 - rest / all }
  }

/** gold(d) = d (α − β log d): reinforcement learning. */
export const fitLogarithmic = fit(Math.log)

/** gold(d) = d (α − β d): best of n. */
export const fitLinear = fit((d) => d)
