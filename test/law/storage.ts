import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import type { Storage } from '../../src/run/storage/storage.ts'

const name = fc.constantFrom('a', 'b', 'a b', 'ü%2e?#&', 'x.y', '1')

const operation = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), name, bytes: fc.uint8Array({ maxLength: 9 }) }),
  fc.record({ kind: fc.constantFrom('read' as const, 'remove' as const, 'list' as const), name }),
)

/** What is true of every storage; `fresh` gives an empty one, alone in its place. */
export const storageLaws = (title: string, fresh: () => Promise<Storage>): void => {
  describe(`${title} storage`, () => {
    test.prop([fc.array(operation, { maxLength: 12 })], { numRuns: 30 })(
      'does what a map does, with copies',
      async (operations) => {
        const storage = await fresh()
        const model = new Map<string, readonly number[]>()
        for (const order of operations) {
          if (order.kind === 'write') {
            const bytes = order.bytes.slice()
            const written = storage.write(order.name, bytes)
            bytes.fill(77)
            expect(await written).toEqual(E.right(undefined))
            model.set(order.name, [...order.bytes])
          } else if (order.kind === 'remove') {
            expect(await storage.remove(order.name)).toEqual(E.right(undefined))
            model.delete(order.name)
          } else if (order.kind === 'list')
            expect(await storage.list()).toEqual(E.right([...model.keys()].toSorted()))
          else {
            const found = await storage.read(order.name)
            if (E.isLeft(found)) expect.fail(found.left.problem)
            expect(found.right && [...found.right]).toEqual(model.get(order.name) ?? null)
            found.right?.fill(99)
          }
        }
        for (const [key, bytes] of model)
          expect(await storage.read(key)).toEqual(E.right(Uint8Array.from(bytes)))
      },
    )

    test.each([
      '',
      '.',
      '..',
      '.a',
      '../a',
      'a/b',
      'a\\b',
      'a:b',
      'a\0',
      '\ud800',
      'é'.repeat(128),
    ])('refuses the name %j', async (bad) => {
      const storage = await fresh()
      for (const result of [
        await storage.read(bad),
        await storage.write(bad, new Uint8Array(1)),
        await storage.remove(bad),
      ])
        expect(result).toMatchObject({ left: { kind: 'name' } })
      expect(await storage.list()).toEqual(E.right([]))
    })
  })
}
