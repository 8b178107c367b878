import * as E from 'fp-ts/lib/Either.js'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../../src/run/hash.ts'
import { noPast, openJournal, type Journal } from '../../../src/run/folder/journal.ts'

const folder = mkdtempSync(join(tmpdir(), 'proximal-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(JSON.stringify(either.left))
  return either.right
}

const link = (i: number): string => String(i).repeat(64)
const bytes = (name: string): Buffer => readFileSync(join(folder, name))
const open = (): Journal => {
  for (const name of ['metrics.jsonl', 'chain']) rmSync(join(folder, name), { force: true })
  return right(openJournal(folder, noPast()))
}

describe('a journal', () => {
  test('holds what was added until it is flushed, and knows what the files hold', () => {
    const journal = open()
    journal.add('', link(0))
    journal.add('é\n', link(1))
    expect(bytes('metrics.jsonl')).toHaveLength(0)
    right(journal.flush())
    journal.add('b\n', link(2))
    expect(journal.written()).toEqual({
      metrics: { bytes: 3, sha256: sha256Hex(bytes('metrics.jsonl')) },
      chain: { bytes: 64, sha256: sha256Hex(bytes('chain')) },
    })
    right(journal.flush())
    right(journal.close())
    expect(bytes('metrics.jsonl').toString()).toBe('é\nb\n')
    expect(bytes('chain').toString('hex')).toBe(link(0) + link(1) + link(2))
  })

  test('that goes on has the hash of all that is there', () => {
    const first = open()
    first.add('a\n', link(0))
    right(first.flush())
    right(first.close())
    const past = noPast()
    past.metrics.sha256.add(bytes('metrics.jsonl'))
    past.chain.sha256.add(bytes('chain'))
    const next = right(
      openJournal(folder, {
        metrics: { ...past.metrics, bytes: 2 },
        chain: { ...past.chain, bytes: 32 },
      }),
    )
    next.add('b\n', link(1))
    right(next.flush())
    expect(next.written()).toEqual({
      metrics: { bytes: 4, sha256: sha256Hex(bytes('metrics.jsonl')) },
      chain: { bytes: 64, sha256: sha256Hex(bytes('chain')) },
    })
    right(next.close())
  })

  test('that was cut has forgotten what was not flushed', () => {
    const journal = open()
    journal.add('a\n', link(0))
    right(journal.flush())
    const before = journal.written()
    journal.add('b\n', link(1))
    right(journal.cut())
    right(journal.flush())
    expect(journal.written()).toEqual(before)
    right(journal.close())
    expect(bytes('metrics.jsonl').toString()).toBe('a\n')
  })
})
