/** Runs of a second or two, with many checkpoints, that between them keep most of what there is. */
export const runs: ReadonlyMap<string, readonly string[]> = new Map([
  ['cartpole', 'cartpole --set envs=4 --set steps=64 --steps 12288 --seed 7'.split(' ')],
  [
    'pendulum, normalised',
    'pendulum --set normalise.observation=true --set normalise.reward=true --set steps=32 --steps 12288'.split(
      ' ',
    ),
  ],
  [
    'cartpole in 2 shards',
    'cartpole --preset cleanrl --set shards=2 --steps 8192 --threads 2'.split(' '),
  ],
  ...['vpg', 'a2c', 'trpo'].map(
    (algo) =>
      [
        algo,
        `cartpole --algo ${algo} --set envs=4 --set steps=64 --steps 8192`.split(' '),
      ] as const,
  ),
])

/** How often they are kept: of a new run and of one that goes on. */
export const KEPT = ['--checkpoint-every', '3', '--backend', 'wasm']
