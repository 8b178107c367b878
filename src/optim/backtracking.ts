/**
 * A line search that starts at the full step and shrinks it: the first of the fractions 1, shrink,
 * shrink², … (`steps` of them) that is accepted, or null when none is. TRPO asks of a step that
 * the surrogate rises and the KL stays inside: Schulman et al. 2015, arXiv:1502.05477, appendix C.
 */
export const backtracking =
  ({ shrink, steps }: { readonly shrink: number; readonly steps: number }) =>
  (accept: (fraction: number) => boolean): number | null => {
    let fraction = 1
    for (let i = 0; i < steps; i++) {
      if (accept(fraction)) return fraction
      fraction *= shrink
    }
    return null
  }
