export const quantile = (x: readonly number[], q: number): number => {
  const sorted = x.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!
}

export const median = (x: readonly number[]): number => quantile(x, 0.5)
