import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { cartPole } from '../../src/env/index.ts'
import { parts, presets } from '../../src/ppo.ts'
import { encodeCertificate } from '../../src/run/certificate.ts'
import { claimOfFiles } from '../../src/run/claimOfFiles.ts'
import { encodeJson, type RunConfig } from '../../src/run/config.ts'
import { firstLink, learnerHash, nextLink, sha256Hex } from '../../src/run/hash.ts'
import { linkBytes } from '../../src/run/links.ts'
import { encodeMetrics } from '../../src/run/metrics.ts'
import { encodeTrained } from '../../src/run/policy/policySnapshot.ts'
import { wholeRun } from '../../src/run/segments.ts'
import { certify, verifyWith, type ExpectedRun } from '../../src/run/verify.ts'
import { version } from '../../src/run/version.ts'

const config: RunConfig = {
  format: 'proximal run 2',
  version,
  algorithm: 'ppo',
  env: 'cartpole',
  seed: 5,
  preset: 'cleanrl',
  kernels: 'js',
  settings: { ...presets.cleanrl, hidden: [4], totalSteps: 3 * 512 },
  past: [],
}

const partsOf = (settings: object) => parts(settings as PpoConfig, cartPole)

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The files of a run folder, as the command line writes them. */
const folder = (): Map<string, Uint8Array> => {
  const links: string[] = []
  let lines = ''
  let last: Parameters<typeof encodeTrained>[0] | null = null
  let hash = ''
  for (const [metrics, { learner }] of wholeRun(config, partsOf)) {
    links.push(metrics === null ? firstLink(learner) : nextLink(links.at(-1)!, metrics, learner))
    if (metrics !== null) lines += encodeMetrics(metrics)
    last = learner
    hash = learnerHash(learner)
  }
  const files = new Map([
    ['config.json', bytes(encodeJson(config))],
    ['metrics.jsonl', bytes(lines)],
    ['chain', linkBytes(links)],
    ['params.safetensors', encodeTrained(last!)],
  ])
  const of = (name: string): string => sha256Hex(files.get(name)!)
  return files.set(
    'replay.json',
    bytes(
      encodeJson({
        format: 'proximal replay 2',
        files: {
          config: of('config.json'),
          metrics: of('metrics.jsonl'),
          chain: of('chain'),
          params: of('params.safetensors'),
        },
        hash,
        updates: 3,
        link: links.at(-1)!,
      }),
    ),
  )
}

const whole = folder()

const verified = (claim: ExpectedRun) => {
  const verifying = verifyWith(claim, partsOf)
  for (;;) {
    const { done, value } = verifying.next()
    if (done === true) return value
  }
}

describe('files of a run', () => {
  test('that are a whole folder are verified by training again', () => {
    const claim = claimOfFiles(whole)
    if (E.isLeft(claim)) throw new Error(claim.left)
    expect(verified(claim.right)).toMatchObject(E.right({ updates: 3 }))
  })

  test('of an earlier version are read as well', () => {
    const root = new URL('../golden/earlierRun/', import.meta.url)
    const names = readdirSync(root).filter((name) => statSync(new URL(name, root)).isFile())
    const files = new Map(names.map((name) => [name, readFileSync(new URL(name, root))]))
    expect(claimOfFiles(files)).toMatchObject({ _tag: 'Right' })
  })

  test('that are one certificate are verified under any name', () => {
    const certifying = certify(config)
    let step = certifying.next()
    while (step.done !== true) step = certifying.next()
    const claim = claimOfFiles(new Map([['download (1).json', encodeCertificate(step.value)]]))
    if (E.isLeft(claim)) throw new Error(claim.left)
    expect(verified(claim.right)).toMatchObject(E.right({ updates: 3 }))
    expect(claimOfFiles(new Map([['a.txt', bytes('no certificate')]]))).toMatchObject(
      E.left(expect.stringMatching(/^a\.txt: expected a certificate in JSON/)),
    )
  })

  test.prop([
    fc.constantFrom('config.json', 'metrics.jsonl', 'chain', 'params.safetensors'),
    fc.nat(),
  ])('of which one was changed are refused, and the file is named', (name, at) => {
    const changed = Uint8Array.from(whole.get(name)!)
    changed[at % changed.length]! ^= 1
    expect(claimOfFiles(new Map(whole).set(name, changed))).toMatchObject(
      E.left(expect.stringMatching(new RegExp(`^${name}: expected SHA-256`))),
    )
  })

  test.each(['config.json', 'metrics.jsonl', 'chain', 'params.safetensors', 'replay.json'])(
    'of which %s is missing are refused',
    (name) => {
      const files = new Map(whole)
      files.delete(name)
      expect(claimOfFiles(files)).toMatchObject(
        E.left(expect.stringMatching(new RegExp(`^${name}: expected this file of a run folder`))),
      )
    },
  )

  test('are none where nothing was given', () => {
    expect(claimOfFiles(new Map())).toEqual(
      E.left('replay.json: expected this file of a run folder, got no files'),
    )
  })
})
