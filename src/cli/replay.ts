import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { updatesOf } from '../algo/ppo/config.ts'
import {
  apart,
  certificateOf,
  decodeCertificate,
  encodeCertificate,
  type Certificate,
} from '../run/certificate.ts'
import * as file from '../run/disk/file.ts'
import { fingerprint } from '../run/fingerprint.ts'
import { sha256Hex } from '../run/hash.ts'
import { nodeSha256 } from '../run/nodeSha256.ts'
import { readLines, readRun } from '../run/folder/runFolder.ts'
import { describeDifference, updatesIn, verifyWith, type Claim } from '../run/verify.ts'
import { describeEstimate, estimateRun } from '../run/budget.ts'
import { budgetOptions, expectAffordable, parseBudget } from './budget.ts'
import { parseCommand } from './arguments.ts'
import { describeFewer, engineOptions, parseSameBits, threadsOf } from './engine.ts'
import { environmentOf, environmentOptions } from './environment.ts'
import { learningOf } from './learning.ts'
import { fromFile, type Problem } from './problem.ts'
import { pauses } from './pause.ts'
import { replayGpu } from './replayGpu.ts'
import { grouped, progress, screen } from './show.ts'
import { writeJson } from './output.ts'

/** What a run folder or the file of a certificate says of a run. */
const readClaim = (name: string): E.Either<Problem, Claim> =>
  file.isFile(name)
    ? pipe(
        fromFile(file.readGiven(name)),
        E.flatMap((bytes) =>
          pipe(
            decodeCertificate(bytes),
            E.mapLeft((problem) => `${name}: ${problem}`),
          ),
        ),
      )
    : pipe(
        fromFile(readRun(name)),
        E.map((run) => ({
          config: run.config,
          hash: run.hash,
          chain: run.chain,
          recorded: { lines: readLines(name, run), params: sha256Hex(run.params) },
        })),
        E.filterOrElse(
          ({ config, chain }) => chain.length - 1 <= updatesOf(config.ppo),
          ({ config, chain }): Problem =>
            `${name}: expected at most ${updatesOf(config.ppo)} updates in its chain, got ${chain.length - 1}`,
        ),
      )

/** The links that the certificate of a claim stores. */
const chainFor = ({ chain, thinned }: Claim, updates: number): Certificate['chain'] => {
  const every = thinned === undefined ? apart(updates) : 1
  const last = chain.length - 1
  return Array.from({ length: 1 + Math.ceil(last / every) }, (_, i) =>
    chain.at(Math.min(i * every, last)),
  ).map((link) => link!)
}

/**
 * Runs a stored config again, and compares every update with the one recorded. With `certificate`
 * what was the same is written down, in one file that verifies anywhere.
 */
export const replay = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const given = parseCommand(
    args,
    {
      json: { type: 'boolean' },
      certificate: { type: 'string' },
      ...environmentOptions,
      ...engineOptions,
      ...budgetOptions,
    },
    ['<run>'],
  )
  if (E.isLeft(given)) return given
  const { values, names } = given.right
  const name = names[0]!
  const json = values.json === true
  const engine = parseSameBits(values)
  if (E.isLeft(engine)) return engine
  const budget = parseBudget(values.budget)
  if (E.isLeft(budget)) return budget
  if (values.certificate !== undefined && file.exists(values.certificate))
    return E.left(`${values.certificate}: exists already and is left as it is: choose another path`)
  if (values.certificate !== undefined && !file.isFolder(file.folderOf(values.certificate)))
    return E.left(
      `--certificate: expected a new file in a folder that is there, got ${JSON.stringify(values.certificate)}`,
    )
  const read = readClaim(name)
  if (E.isLeft(read)) return read
  const claim = read.right
  const environment = await environmentOf(claim.config, values)
  if (E.isLeft(environment)) return environment
  const isOfGpu = claim.config.gpu !== undefined
  const estimated = pipe(
    estimateRun(claim.config, environment.right.env, {
      to: isOfGpu ? 1 : updatesIn(claim),
      threads: await threadsOf(engine.right),
      kernels: engine.right.kernels,
    }),
    expectAffordable(name, budget.right),
  )
  if (E.isLeft(estimated)) return estimated
  screen(json).say(`takes ${describeEstimate(estimated.right)}`)
  if (claim.config.gpu !== undefined)
    return replayGpu(name, claim.config.gpu, environment.right, engine.right, values)
  const updates = updatesIn(claim)

  const show = screen(json)
  const bar = progress(show, `replay of ${name}`, updates, 'updates')
  const learning = await learningOf(claim.config, environment.right, engine.right, { to: updates })
  const fewer = describeFewer(engine.right, learning.threads)
  if (fewer !== null) show.say(fewer)
  const pause = pauses()
  const verdict = await (async () => {
    const verifying = verifyWith(claim, learning.partsOf, engine.right.kernels, nodeSha256)
    try {
      for (;;) {
        const { done, value } = verifying.next()
        if (done === true) return value
        bar.update(value.update, () => 'same')
        await pause()
      }
    } finally {
      bar.stop()
      await learning.stop()
    }
  })()

  const same = E.isRight(verdict)
  if (same) show.say(`the same to the bit: ${grouped(updates)} updates, hash ${claim.hash}`)
  else show.say(describeDifference(verdict.left))
  if (same && values.certificate !== undefined) {
    const certificate = certificateOf({
      config: claim.config,
      fingerprint: fingerprint(engine.right.kernels),
      hash: claim.hash,
      updates,
      chain: chainFor(claim, updates),
    })
    const written = fromFile(file.writeNew(values.certificate, encodeCertificate(certificate)))
    if (E.isLeft(written)) return written
    show.say(`certificate ${values.certificate}`)
  }
  if (json)
    writeJson({
      run: name,
      same,
      updates,
      firstDifference: same ? null : verdict.left.update,
      hash: claim.hash,
    })
  return E.right(same ? 0 : 1)
}
