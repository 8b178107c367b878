/**
 * P-values for tests of random draws. Seeds are fixed, so a test passes or fails for good; the
 * error rate that a test states is the share of seeds on which perfect draws would fail it.
 */

// Lanczos, g = 7, n = 9: Godfrey's coefficients, good to 1e-15 relative for x > 0.
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
]

const logGamma = (x: number): number => {
  let series = LANCZOS[0]!
  for (let i = 1; i < LANCZOS.length; i++) series += LANCZOS[i]! / (x - 1 + i)
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series)
}

/** Q(a, x) = Γ(a, x) / Γ(a): Abramowitz and Stegun 6.5.29 (series) and 6.5.31 (Lentz's fraction). */
export const gammaQ = (a: number, x: number): number => {
  if (x <= 0) return 1
  const front = Math.exp(a * Math.log(x) - x - logGamma(a))
  if (x < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= x / (a + n)
      sum += term
    }
    return 1 - front * sum
  }
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / b
  let h = d
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return front * h
}

/** Φ(x), the standard normal's distribution function, by erfc(z) = Q(½, z²). */
export const normalCdf = (x: number): number => {
  const tail = gammaQ(0.5, (x * x) / 2) / 2
  return x < 0 ? tail : 1 - tail
}

/**
 * Pearson's chi-square: the probability that counts from these probabilities deviate at least as
 * much. Every expected count should be 5 or more. A count where the probability is 0 gives 0.
 */
export const chiSquareP = (counts: ArrayLike<number>, probabilities: ArrayLike<number>): number => {
  const total = Array.from(counts).reduce((a, b) => a + b, 0)
  let statistic = 0
  let cells = 0
  for (let i = 0; i < probabilities.length; i++) {
    const expected = total * probabilities[i]!
    if (expected === 0) {
      if (counts[i] !== 0) return 0
      continue
    }
    cells++
    statistic += (counts[i]! - expected) ** 2 / expected
  }
  return gammaQ((cells - 1) / 2, statistic / 2)
}

/**
 * Kolmogorov and Smirnov: the probability that n draws from `cdf` leave it at least as far, by
 * the limit distribution 2 Σ (−1)ᵏ⁻¹ exp(−2k²t²) with Stephens' correction for n.
 */
export const kolmogorovSmirnovP = (
  draws: ArrayLike<number>,
  cdf: (x: number) => number,
): number => {
  const sorted = Float64Array.from(draws).toSorted()
  const n = sorted.length
  let distance = 0
  for (let i = 0; i < n; i++) {
    const f = cdf(sorted[i]!)
    distance = Math.max(distance, f - i / n, (i + 1) / n - f)
  }
  const t = distance * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n))
  if (t < 0.2) return 1
  let p = 0
  for (let k = 1; k <= 100; k++) p += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t)
  return Math.min(1, Math.max(0, p))
}

/** Pearson's correlation coefficient; its standard error is 1/√n where there is none. */
export const correlation = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  const n = x.length
  const mean = (v: ArrayLike<number>): number => Array.from(v).reduce((a, b) => a + b, 0) / n
  const [mx, my] = [mean(x), mean(y)]
  let [xy, xx, yy] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    xy += (x[i]! - mx) * (y[i]! - my)
    xx += (x[i]! - mx) ** 2
    yy += (y[i]! - my) ** 2
  }
  return xy / Math.sqrt(xx * yy)
}
