import { cartPole, type Discrete } from 'proximal/envs'
import { key, loadPolicy } from 'proximal/inference'

/** Plays an episode of CartPole by a policy file: how long it lasted, and where it ended, to the bit. */
export const balance = (file: Uint8Array, seed: number): string => {
  const policy = loadPolicy<Discrete<2>>(file)
  let state = cartPole.init(key(seed))
  for (let steps = 1; ; steps++) {
    const action = policy.act(cartPole.observe(state))
    const [{ terminated, truncated }, next] = cartPole.step(action, key(0))(state)
    if (terminated || truncated)
      return `balanced for ${steps} steps, until ${cartPole.observe(next).join(' ')}`
    state = next
  }
}
