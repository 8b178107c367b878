import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { attempt, describeFileError, thrown } from '../../../src/run/disk/disk.ts'
import { files } from '../../../src/run/disk/files.ts'
import { fakeDisk, type FakeDisk, type Remains } from '../../support/disk.ts'

const content = fc.uint8Array({ maxLength: 12 })
const bytes = (...x: readonly number[]): Uint8Array => Uint8Array.from(x)

const REMAINS: readonly Remains[] = [false, true].flatMap((entries) =>
  (['none', 'half', 'all'] as const).map((contents) => ({ entries, contents })),
)

/** A disk with a folder and, unless null, a file in it that lasts. */
const diskWith = (old: Uint8Array | null): FakeDisk => {
  const disk = fakeDisk(['/', '/a'])
  if (old !== null) expect(files(disk).writeNew('/a/b', old)).toEqual(E.right(undefined))
  return disk
}

const at = (disk: FakeDisk, path = '/a/b'): readonly number[] | null => {
  const found = files(disk).readBytes(path)
  return E.isLeft(found) ? null : [...found.right]
}

const plain = (x: Uint8Array | null): readonly number[] | null => (x === null ? null : [...x])

/** Runs an operation with every call failing in turn, until it passes with none. */
const eachFailure = (
  start: () => FakeDisk,
  fate: { readonly lasting: boolean; readonly code?: string; readonly largestWrite?: number },
  run: (disk: FakeDisk) => E.Either<unknown, unknown>,
  check: (disk: FakeDisk, result: E.Either<unknown, unknown>, n: number) => void,
): number => {
  for (let n = 1; ; n++) {
    const disk = start()
    disk.befall({ at: n, ...fate })
    const result = run(disk)
    const reached = disk.calls() >= n
    disk.befall({})
    check(disk, result, n)
    if (!reached) {
      expect(E.isRight(result)).toBe(true)
      return n - 1
    }
    expect(disk.openFiles()).toBe(0)
  }
}

const largestWrite = fc.constantFrom(1, 2, 5, Infinity)
const old = fc.option(content)

describe('replace', () => {
  test.prop([old, content, fc.constantFrom('EIO', 'ENOSPC'), largestWrite])(
    'leaves the old bytes or the new ones where any one call fails, says so, and cleans up',
    (before, after, code, largest) => {
      const failures = eachFailure(
        () => diskWith(before),
        { lasting: false, code, largestWrite: largest },
        (disk) => files(disk).replace('/a/b', after),
        (disk, result, n) => {
          if (E.isRight(result)) expect(at(disk)).toEqual([...after])
          else {
            expect([plain(before), [...after]]).toContainEqual(at(disk))
            expect(result.left).toMatchObject({ path: '/a/b', code })
          }
          // The old bytes stand until the rename, after which come the three calls to the folder.
          const writes = Math.ceil(after.length / largest)
          if (n <= writes + 4) expect(at(disk)).toEqual(plain(before))
          expect(files(disk).list('/a')).toEqual(E.right(at(disk) === null ? [] : ['b']))
          expect(disk.list('/a')).toHaveLength(at(disk) === null ? 0 : 1)
        },
      )
      // open, writes, sync, close, rename; open, sync, close of the folder
      const writes = after.length === 0 ? 0 : Math.max(1, Math.ceil(after.length / largest))
      expect(failures).toBe(writes + 7)
    },
  )

  test.prop([old, content, largestWrite])(
    'leaves the old bytes or the new ones where the power is cut at any call',
    (before, after, largest) => {
      eachFailure(
        () => diskWith(before),
        { lasting: true, largestWrite: largest },
        (disk) => files(disk).replace('/a/b', after),
        (disk, result) => {
          for (const remains of REMAINS) {
            const later = disk.copy()
            later.cutPower(remains)
            const found = at(later)
            if (E.isRight(result)) expect(found).toEqual([...after])
            else expect([plain(before), [...after]]).toContainEqual(found)
            expect(files(later).sweep('/a')).toEqual(E.right(undefined))
            expect(later.list('/a')).toEqual(found === null ? [] : ['b'])
          }
        },
      )
    },
  )

  test.prop([
    fc.array(fc.tuple(fc.constantFrom('/a/b', '/a/c'), content), { maxLength: 4 }),
    fc.nat(40),
    fc.constantFrom(...REMAINS),
  ])('a row of them leaves what the last done ones wrote', (row, n, remains) => {
    const disk = fakeDisk(['/', '/a'])
    disk.befall({ at: n + 1, lasting: true, largestWrite: 3 })
    const done = new Map<string, readonly number[] | null>()
    const begun = new Map<string, readonly number[]>()
    for (const [path, x] of row) {
      if (begun.size > 0) break
      if (E.isRight(files(disk).replace(path, x))) done.set(path, [...x])
      else begun.set(path, [...x])
    }
    disk.cutPower(remains)
    for (const path of ['/a/b', '/a/c']) {
      const sure = done.get(path) ?? null
      expect([sure, begun.get(path) ?? sure]).toContainEqual(at(disk, path))
    }
  })

  test('goes around temporary files of others, and leaves them', () => {
    const disk = diskWith(bytes(1))
    expect(E.isRight(files(disk).writeNew('/a/.proximal-7-0.tmp', bytes(5)))).toBe(true)
    expect(files(disk).replace('/a/b', bytes(2))).toEqual(E.right(undefined))
    expect([at(disk), at(disk, '/a/.proximal-7-0.tmp')]).toEqual([[2], [5]])
  })

  test('over a folder is an error that leaves nothing behind', () => {
    const disk = fakeDisk(['/', '/a', '/a/b'])
    expect(files(disk).replace('/a/b', bytes(1))).toMatchObject({ left: { code: 'EISDIR' } })
    expect(disk.list('/a')).toEqual(['b'])
  })

  test('a write that takes nothing ends, with an error', () => {
    const disk = diskWith(bytes(1))
    disk.befall({ largestWrite: 0 })
    expect(files(disk).replace('/a/b', bytes(1, 2))).toMatchObject({
      left: { problem: expect.stringContaining('expected 2 bytes to be written, got 0') as string },
    })
    expect(at(disk)).toEqual([1])
  })
})

describe('a folder that', () => {
  const unsynced = (code: string): FakeDisk => {
    const disk = diskWith(null)
    return {
      ...disk,
      open: (path, flags) => {
        if (flags === 'r') throw Object.assign(new Error(code), { code })
        return disk.open(path, flags)
      },
    }
  }

  test('that need not persist is not opened', () => {
    const disk = { ...unsynced('EPERM'), syncsFolders: false }
    expect(files(disk).replace('/a/b', bytes(1))).toEqual(E.right(undefined))
    expect(files(unsynced('EPERM')).replace('/a/b', bytes(1))).toMatchObject({
      left: { code: 'EPERM' },
    })
  })

  test.each([
    ['EINVAL', 'Right'],
    ['ENOTSUP', 'Right'],
    ['EIO', 'Left'],
  ])('answers a sync with %s makes it %s', (code, tag) => {
    const disk = diskWith(null)
    let syncs = 0
    const replaced = files({
      ...disk,
      sync: (file) => {
        syncs += 1
        // The first one is the file's.
        if (syncs === 2) throw Object.assign(new Error(code), { code })
        disk.sync(file)
      },
    }).replace('/a/b', bytes(1))
    expect([replaced._tag, syncs]).toEqual([tag, 2])
  })

  test('cannot be synced does not excuse a file that cannot', () => {
    const disk = diskWith(null)
    disk.befall({ at: 3, code: 'EINVAL' })
    expect(files(disk).replace('/a/b', bytes(1))).toMatchObject({ left: { code: 'EINVAL' } })
  })
})

describe('writeNew', () => {
  test.prop([content, fc.boolean(), largestWrite])(
    'makes all of a file or, where a call fails, none',
    (x, lasting, largest) => {
      eachFailure(
        () => diskWith(null),
        { lasting, largestWrite: largest },
        (disk) => files(disk).writeNew('/a/b', x),
        (disk, result) => {
          if (E.isRight(result))
            for (const remains of REMAINS) {
              const later = disk.copy()
              later.cutPower(remains)
              expect(at(later)).toEqual([...x])
            }
          else if (!lasting) expect(at(disk)).toBe(null)
        },
      )
    },
  )

  test('does not change an existing file', () => {
    const disk = diskWith(bytes(1))
    expect(files(disk).writeNew('/a/b', bytes(2))).toMatchObject({
      left: { path: '/a/b', code: 'EEXIST' },
    })
    expect(at(disk)).toEqual([1])
  })

  test('takes text as UTF-8', () => {
    const disk = diskWith(null)
    files(disk).writeNew('/a/b', 'é')
    expect(at(disk)).toEqual([0xc3, 0xa9])
  })
})

describe('what was appended', () => {
  test.prop([fc.array(content, { maxLength: 4 }), fc.constantFrom(...REMAINS)])(
    'lasts from the next sync on',
    (parts, remains) => {
      const disk = diskWith(null)
      disk.befall({ largestWrite: 2 })
      const opened = files(disk).openToAppend('/a/b')
      if (E.isLeft(opened)) expect.fail(opened.left.problem)
      for (const part of parts) expect(opened.right.write(part)).toEqual(E.right(undefined))
      expect(files(disk).sync('/a/b')).toEqual(E.right(undefined))
      opened.right.write('later')
      disk.cutPower(remains)
      const kept = parts.flatMap((part) => [...part])
      if (remains.contents !== 'half') expect(at(disk)!.slice(0, kept.length)).toEqual(kept)
      if (remains.contents === 'none') expect(at(disk)).toEqual(kept)
    },
  )

  test('is cut off by truncate, which lasts', () => {
    const disk = diskWith(bytes(1, 2, 3))
    expect(files(disk).truncate('/a/b', 2)).toEqual(E.right(undefined))
    disk.cutPower({ entries: false, contents: 'none' })
    expect(at(disk)).toEqual([1, 2])
    expect(files(disk).truncate('/a/b', 2)).toEqual(E.right(undefined))
    expect(files(disk).truncate('/a/b', 3)).toMatchObject({
      left: { problem: expect.stringContaining('expected at least 3 bytes, found 2') as string },
    })
    expect(at(disk)).toEqual([1, 2])
    expect(disk.openFiles()).toBe(0)
  })
})

describe('a large file', () => {
  const MIB = 1 << 20

  test.each([0, 1, MIB - 1, MIB, 2 * MIB + 7])('of %i bytes is read in chunks, whole', (size) => {
    const whole = Uint8Array.from({ length: size }, (_, i) => (i * 31) >> 3)
    const disk = diskWith(whole)
    expect(files(disk).sizeOf('/a/b')).toEqual(E.right(size))
    const read = [...files(disk).chunks('/a/b')].map((chunk) => chunk.slice())
    expect(read.every((chunk) => chunk.length <= MIB)).toBe(true)
    expect(Buffer.concat(read).equals(whole)).toBe(true)
    expect(disk.openFiles()).toBe(0)
  })

  test('is read from one place to another, and an early end is an error with its path', () => {
    const disk = diskWith(bytes(1, 2, 3, 4))
    const part = (from: number, to: number) =>
      attempt('', () => [...files(disk).chunks('/a/b', from, to)].flatMap((chunk) => [...chunk]))
    expect(part(1, 3)).toEqual(E.right([2, 3]))
    expect(part(2, 9)).toMatchObject({
      left: { path: '/a/b', problem: 'expected at least 9 bytes, found 4' },
    })
    expect(disk.openFiles()).toBe(0)
  })

  test('is written in pieces, each of which may be made in the place of the one before', () => {
    const disk = diskWith(null)
    function* pieces() {
      const buffer = new Uint8Array(2)
      for (let i = 0; i < 3; i++) {
        buffer.fill(i)
        yield buffer
      }
      yield 'é'
    }
    expect(files(disk).writeNew('/a/b', pieces())).toEqual(E.right(undefined))
    expect(at(disk)).toEqual([0, 0, 1, 1, 2, 2, 0xc3, 0xa9])
  })

  test('is none where a piece cannot be made', () => {
    const disk = diskWith(null)
    function* pieces() {
      yield 'a'
      throw thrown({ path: '/a/source', problem: 'gone' })
    }
    expect(files(disk).writeNew('/a/b', pieces())).toEqual(
      E.left({ path: '/a/source', problem: 'gone' }),
    )
    expect(at(disk)).toBeNull()
  })
})

describe('a folder', () => {
  test('lists its files sorted, unfinished ones aside', () => {
    const disk = fakeDisk(['/', '/a', '/a/z'])
    const { writeNew, list } = files(disk)
    for (const name of ['c', 'b', '.proximal-1-0.tmp', '.proximal-1-0.tmp.b', 'B'])
      writeNew(`/a/${name}`, name)
    expect(list('/a')).toEqual(E.right(['.proximal-1-0.tmp.b', 'B', 'b', 'c']))
    expect(list('/b')).toMatchObject({ left: { path: '/b', code: 'ENOENT' } })
  })

  test('is swept of unfinished files of any process, and of nothing else', () => {
    const disk = diskWith(bytes(1))
    for (const name of [
      '.proximal-1-0.tmp',
      '.proximal-23-45.tmp',
      '.proximal-1.tmp',
      'proximal-1-0.tmp',
    ])
      files(disk).writeNew(`/a/${name}`, name)
    expect(files(disk).sweep('/a')).toEqual(E.right(undefined))
    disk.cutPower({ entries: false, contents: 'none' })
    expect(disk.list('/a').toSorted()).toEqual(['.proximal-1.tmp', 'b', 'proximal-1-0.tmp'])
  })

  test('forgets a removed file for good, and one that is not there is an error', () => {
    const disk = diskWith(bytes(1))
    expect(files(disk).remove('/a/b')).toEqual(E.right(undefined))
    disk.cutPower({ entries: false, contents: 'none' })
    expect(at(disk)).toBe(null)
    expect(files(disk).remove('/a/b')).toMatchObject({ left: { path: '/a/b', code: 'ENOENT' } })
  })

  test('is made with the ones above it, each of them synced, and only once', () => {
    const disk = fakeDisk(['/'])
    const opened: string[] = []
    const { createFolder } = files({
      ...disk,
      open: (path, flags) => {
        opened.push(path)
        return disk.open(path, flags)
      },
    })
    expect(createFolder('/x/y/z')).toEqual(E.right(undefined))
    expect(opened).toEqual(['/', '/x', '/x/y'])
    expect(disk.exists('/x/y/z')).toBe(true)
    expect(createFolder('/x/y/z')).toMatchObject({ left: { code: 'EEXIST' } })
  })

  test('where a file system refuses without saying why cannot be made', () => {
    const disk = fakeDisk(['/'])
    disk.befall({ at: 1, code: 'ENOENT' })
    expect(E.mapLeft(describeFileError)(files(disk).createFolder('/x'))).toEqual(
      E.left('/x: cannot be made there: choose another path'),
    )
  })
})

describe('drop', () => {
  test('removes a file, and asks the disk for no more: after a cut of power it may be there', () => {
    const disk = diskWith(bytes(1, 2))
    disk.befall({})
    expect(files(disk).drop('/a/b')).toEqual(E.right(undefined))
    expect([disk.calls(), at(disk)]).toEqual([1, null])
    disk.cutPower({ entries: false, contents: 'none' })
    expect(at(disk)).toEqual([1, 2])
  })

  test('of what is not there is an error', () => {
    expect(files(diskWith(null)).drop('/a/b')).toMatchObject({
      left: { path: '/a/b', code: 'ENOENT' },
    })
  })
})
