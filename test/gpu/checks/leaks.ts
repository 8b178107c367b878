import { gpuParts } from '../../../src/algo/ppo/gpu/parts.ts'
import { gpuOps } from '../../../src/kernel/gpu/ops.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key } from '../../../src/random/index.ts'
import { beginner, firstRates, lived } from '../../support/runs.ts'
import { atMost, type Checks } from '../check.ts'
import { scenes } from '../scenes.ts'

const CALLS = 5000
const FIRST = 500
const UPDATES = 100

const SIZES = 38

/** Garbage that an engine keeps for later does not count. */
const SLACK = 1e6

/** What is there after many calls is what was there after some. */
export const leaks: Checks = async function* ({ device, counts, heap }) {
  const begun = counts?.().live ?? 0
  const ops = gpuOps(device)
  const x = Float32Array.from({ length: 16 * 12 }, (_, i) => i / 100)
  const call = async (i: number): Promise<void> => {
    const m = 1 + (i % 16)
    if (i % 4 === 0) await ops.nn(x, x, null, m, 12, 8)
    else if (i % 4 === 1) await ops.tn(x, x, m, 12, 8)
    else if (i % 4 === 2) await ops.affineTanh(x, x, x, m, 12, 8)
    else await ops.tanhBackward(x, x)
  }
  for (let i = 0; i < FIRST; i++) await call(i)
  const early = { live: counts?.().live ?? 0, heap: await heap() }
  for (let i = FIRST; i < CALLS; i++) await call(i)
  const late = { live: counts?.().live ?? 0, heap: await heap() }
  yield atMost(
    `${CALLS} calls: more textures and buffers than after ${FIRST}`,
    late.live - early.live,
    0,
  )
  yield atMost(
    `${CALLS} calls: more bytes of heap than after ${FIRST}`,
    late.heap - early.heap,
    SLACK,
  )

  // Many sizes: the kernels of those used long ago go, and take with them what they have.
  const some = async (from: number): Promise<void> => {
    for (let i = 0; i < SIZES; i++) await ops.sumRows(x, 1, 1 + ((from + 5 * i) % 190))
    for (let m = 1; m <= 12; m++)
      for (let n = 1; n <= 12; n++) await ops.nn(x, x, null, m, 1 + (n % 7), n)
  }
  await some(0)
  const full = counts?.().live ?? 0
  await some(3)
  yield atMost(
    'more sizes than are kept: more textures and buffers than after a first round',
    (counts?.().live ?? 0) - full,
    0,
  )
  ops.destroy()
  yield atMost('textures and buffers of ops that have ended', (counts?.().live ?? 0) - begun, 0)

  const { world, config } = scenes['clip, two actions']!
  const { params, samples } = lived(world, 1, config, js.f32)
  let learner = beginner(config, world, params, js.f32)
  const before = counts?.().live ?? 0
  const { update, destroy } = gpuParts(config, world, device)
  let first = 0
  for (let i = 0; i < UPDATES; i++) {
    if (i === 10) first = counts?.().live ?? 0
    learner = (await update(samples, key(i), firstRates(config))(learner))[1]
  }
  yield atMost(
    `${UPDATES} updates: more textures and buffers than after 10`,
    (counts?.().live ?? 0) - first,
    0,
  )
  await destroy()
  yield atMost(
    'textures and buffers of an update that has ended',
    (counts?.().live ?? 0) - before,
    0,
  )
}
