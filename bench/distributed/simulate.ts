import { uniforms53 } from '../../src/random/uniform.ts'
import { key } from '../../src/random/index.ts'
import type { Service } from './measure.ts'

/** A learner, Redis and workers, in seconds and bytes. */
export interface Plant {
  readonly workers: number
  readonly shards: number
  /** seconds of computation a shard, ± a quarter */
  readonly compute: number
  readonly service: Service
  /** Redis servers that shards are spread over */
  readonly servers: number
  /** bytes a second of each Redis */
  readonly bandwidth: number
}

export interface Iteration {
  readonly seconds: number
  /** share of the time that workers compute */
  readonly busy: number
  /** share of the time that a Redis is at work, and that the learner is */
  readonly redis: number
  readonly learner: number
}

/** A server that takes one thing after the other. */
const server = () => {
  let [free, used] = [0, 0]
  return {
    /** when something that comes at `at` and takes so long is done */
    serve: (at: number, seconds: number): number => {
      free = Math.max(free, at) + seconds
      used += seconds
      return free
    },
    used: () => used,
  }
}

/**
 * One iteration: the learner publishes each shard in turn, workers take them as they are free, their
 * results pass through Redis, and the learner reads them.
 */
export const simulate = (plant: Plant): Iteration => {
  const { workers, shards, compute, service, servers, bandwidth } = plant
  const learner = server()
  const redis = Array.from({ length: servers }, server)
  const free = new Float64Array(workers)
  const jitter = uniforms53(key(1), shards)
  const wire = service.bytes / bandwidth
  const arrived: number[] = []
  for (let s = 0; s < shards; s++) {
    const published = learner.serve(0, service.learner / 4)
    const at = redis[s % servers]!.serve(published, service.redis / 2)
    let worker = 0
    for (let w = 1; w < workers; w++) if (free[w]! < free[worker]!) worker = w
    const began = Math.max(at, free[worker]!)
    free[worker] = began + compute * (0.75 + 0.5 * jitter[s]!)
    arrived.push(free[worker]!)
  }
  let end = 0
  for (const [s, at] of [...arrived.entries()].toSorted((a, b) => a[1] - b[1])) {
    // A result goes in and out.
    const passed = redis[s % servers]!.serve(at, service.redis / 2 + 2 * wire)
    end = Math.max(end, learner.serve(passed, (3 * service.learner) / 4))
  }
  return {
    seconds: end,
    busy: (compute * shards) / (end * workers),
    redis: Math.max(...redis.map(({ used }) => used())) / end,
    learner: learner.used() / end,
  }
}
