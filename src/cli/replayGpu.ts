import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { TOLD } from '../algo/ppo/gpu/lossSources.ts'
import type { Metrics } from '../algo/ppo/iterate.ts'
import { beginningOf, course } from '../run/course.ts'
import { attempt } from '../run/disk/disk.ts'
import * as file from '../run/disk/file.ts'
import { readMetrics, readRun } from '../run/folder/runFolder.ts'
import type { EngineOrder } from './engine.ts'
import { describeGpu, type Gpu } from './gpu.ts'
import { learningOf } from './learning.ts'
import { fromFile, type Problem } from './problem.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { screen } from './show.ts'
import { writeJson } from './output.ts'

/** How far a loss of the first update may be from that of the kernels, relative to it or to 1. */
export const TOLERANCE = 1e-3

/** The largest difference of two updates' losses, relative to the loss or to 1. */
export const distanceOf = (found: Metrics, expected: Metrics): number =>
  Math.max(
    ...TOLD.map(
      (name) => Math.abs(found[name] - expected[name]) / Math.max(1, Math.abs(expected[name])),
    ),
  )

/**
 * What can be checked of a run that a GPU learned: no two devices round alike, and what they learn
 * drifts apart, so that there is no hash to compare. Its files have to be as it left them, and its
 * first update what the kernels learn, within a tolerance.
 */
export const replayGpu = async (
  name: string,
  record: Gpu['record'],
  environment: RunEnvironment,
  engine: EngineOrder,
  values: { readonly json?: boolean | undefined; readonly certificate?: string | undefined },
): Promise<E.Either<Problem, number>> => {
  if (values.certificate !== undefined)
    return E.left(
      '--certificate: expected a run that gives the same bits everywhere, got one of a GPU: it can have none',
    )
  if (file.isFile(name))
    return E.left(
      `${name}: expected the certificate of a run that gives the same bits everywhere, got one of a GPU`,
    )
  const read = pipe(
    E.Do,
    E.bind('run', () => readRun(name)),
    E.bind('first', ({ run }) =>
      attempt(name, () => {
        for (const metrics of readMetrics(name, run)) return metrics
        return undefined
      }),
    ),
    fromFile,
  )
  if (E.isLeft(read)) return read
  const { run, first } = read.right
  const show = screen(values.json === true)
  show.say(`${name} ${describeGpu({ record })}`)
  if (first === undefined) return E.left(`${name}: expected an update to compare, got none`)
  const learning = await learningOf(run.config, environment, engine, { to: 1 })
  try {
    const next = course(
      run.config,
      learning.partsOf,
      beginningOf(run.config, learning.partsOf),
    ).next()
    const distance = next.done === true ? Infinity : distanceOf(first, next.value[0])
    const isWithin = distance <= TOLERANCE
    show.say(
      `first update: losses ${isWithin ? 'within' : 'beyond'} ${TOLERANCE} of what ${engine.kernels} learns (${distance.toExponential(1)}); later ones are its own`,
    )
    if (values.json === true)
      writeJson({
        run: name,
        same: null,
        within: isWithin,
        tolerance: TOLERANCE,
        distance,
        gpu: record,
        hash: null,
      })
    return E.right(isWithin ? 0 : 1)
  } finally {
    await learning.stop()
  }
}
