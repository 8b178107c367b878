/** Adam in lanes, operation for operation what src/kernel/js/adam.ts does. */
export function adam(
  step: usize,
  mNext: usize,
  vNext: usize,
  g: usize,
  m: usize,
  v: usize,
  n: i32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
  rate: f32,
  scale: f32,
): void {
  const full = (<usize>(n & ~3)) << 2
  for (let at: usize = 0; at < full; at += 16) {
    const gi = v128.load(g + at)
    const mi = f32x4.add(
      f32x4.mul(f32x4.splat(beta1), v128.load(m + at)),
      f32x4.mul(f32x4.splat(rest1), gi),
    )
    const vi = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(v + at)),
      f32x4.mul(f32x4.mul(f32x4.splat(rest2), gi), gi),
    )
    v128.store(mNext + at, mi)
    v128.store(vNext + at, vi)
    const root = f32x4.mul(f32x4.sqrt(vi), f32x4.splat(scale))
    const denominator = f32x4.add(root, f32x4.splat(epsilon))
    const change = f32x4.div(f32x4.mul(f32x4.splat(rate), mi), denominator)
    v128.store(step + at, f32x4.neg(change))
  }
  for (let at = full, end = (<usize>n) << 2; at < end; at += 4) {
    const gi = load<f32>(g + at)
    const mi = beta1 * load<f32>(m + at) + rest1 * gi
    const vi = beta2 * load<f32>(v + at) + rest2 * gi * gi
    store<f32>(mNext + at, mi)
    store<f32>(vNext + at, vi)
    store<f32>(step + at, -((rate * mi) / (sqrt(vi) * scale + epsilon)))
  }
}
