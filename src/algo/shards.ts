/** Rows [from, to) of shard s, when n rows are cut into `shards` parts as equal as can be. */
export const shardRange = (n: number, shards: number, s: number): readonly [number, number] => [
  Math.floor((s * n) / shards),
  Math.floor(((s + 1) * n) / shards),
]
