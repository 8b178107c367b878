import * as E from 'fp-ts/lib/Either.js'
import { constants } from 'node:os'
import { describe, expect, test } from 'vitest'
import { attempt, describeFileError } from '../../../src/run/disk/disk.ts'

const systemError = (code: string): Error =>
  Object.assign(new Error(`${code}: as the system says it, open '/x'`), { code })

const describeOf = (error: Error): string => {
  const failed = attempt('a/b', () => {
    throw error
  })
  return E.isLeft(failed) ? describeFileError(failed.left) : expect.fail('it did not fail')
}

describe('an error of the system', () => {
  test.each([
    'ENOENT',
    'EEXIST',
    'EACCES',
    'EPERM',
    'EROFS',
    'ENOTDIR',
    'EISDIR',
    'ENOSPC',
    'EDQUOT',
    'EIO',
    'ENAMETOOLONG',
    'ELOOP',
    'EFBIG',
    'EMFILE',
    'ENFILE',
    'EBUSY',
    'ENXIO',
    'ENOTEMPTY',
    'EINVAL',
    'ENOMEM',
    'ERR_FS_FILE_TOO_LARGE',
    'ERR_INVALID_ARG_VALUE',
  ])('%s says where, what is wrong and what to do, and not its code', (code) => {
    const text = describeOf(systemError(code))
    expect(text).toMatch(/^a\/b: [a-z]/)
    expect(text).not.toContain(code)
    expect(text).not.toContain('as the system says it')
    if (code.startsWith('E') && !code.startsWith('ERR'))
      expect(Object.keys(constants.errno)).toContain(code)
  })

  test('of another kind keeps its own text, printable', () => {
    expect(describeOf(systemError('E\u001b'))).toBe(
      "a/b: E\\u001b: as the system says it, open '/x'",
    )
  })

  test('keeps its code for programs', () => {
    const failed = attempt('a', () => {
      throw systemError('ENOSPC')
    })
    expect(failed).toMatchObject({ left: { path: 'a', code: 'ENOSPC' } })
  })
})

describe('an array that is larger than any can be', () => {
  test.each([
    () => new Float32Array(2 ** 53 - 1),
    () => new ArrayBuffer(2 ** 53 - 1),
    () => Object.assign([], { length: 2 ** 33 }),
    () => 'x'.repeat(2 ** 30),
  ])('is told of as memory: %s', (make) => {
    expect(describeOf(thrownBy(make))).toBe(
      'a/b: needs more memory than is available: choose something smaller',
    )
  })
})

const thrownBy = (f: () => unknown): Error => {
  try {
    f()
  } catch (error) {
    if (error instanceof Error) return error
  }
  return expect.fail('nothing was thrown')
}
