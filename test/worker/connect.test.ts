import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, expectTypeOf } from 'vitest'
import {
  breath,
  connect,
  pause,
  transfer,
  type Call,
  type Client,
  type Problem,
} from '../../src/worker/index.ts'
import { workersOf } from './channel.ts'

const handlersWith = (pulled: number[] = []) => ({
  double: (n: number) => 2 * n,
  slowly: async (n: number) => {
    await breath()
    return n
  },
  half: (n: number): E.Either<{ readonly kind: 'odd' }, number> =>
    n % 2 === 0 ? E.right(n / 2) : E.left({ kind: 'odd' }),
  fails: () => {
    throw new RangeError('n: expected a number')
  },
  uncloneable: () => () => 1,
  never: (_: undefined, { signal }: Call) =>
    new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('gone'))),
  count: async function* (to: number) {
    for (let i = 0; i < to; i++) {
      pulled.push(i)
      yield i
    }
  },
  breaks: async function* (after: number) {
    for (let i = 0; i < after; i++) yield i
    throw new Error('broken')
  },
  move: (bytes: Uint8Array) => transfer(bytes, [bytes.buffer]),
  nothing: () => undefined,
})

type H = ReturnType<typeof handlersWith>

const clients: Client<H>[] = []

const open = (pulled?: number[], options: Parameters<typeof connect<H>>[1] = {}) => {
  const { make, made } = workersOf(() => handlersWith(pulled))
  const client = connect<H>(make, options)
  clients.push(client)
  return { client, made }
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

describe('calls', () => {
  test.prop([fc.array(fc.integer(), { maxLength: 20 })])(
    'are answered each by its own answer, whatever their order',
    async (numbers) => {
      const { client } = open()
      const answers = await Promise.all(
        numbers.map((n, i) => client.call(i % 2 === 0 ? 'slowly' : 'double', n)),
      )
      expect(answers).toEqual(numbers.map((n, i) => E.right(i % 2 === 0 ? n : 2 * n)))
    },
  )

  test('return what a handler throws, an unknown name and what cannot be cloned as data', async () => {
    const { client } = open()
    expect(await client.call('fails')).toEqual(
      E.left({ kind: 'failed', message: 'n: expected a number' }),
    )
    expect(await client.call('toString' as 'fails')).toMatchObject(
      E.left({
        kind: 'failed',
        message: expect.stringMatching(/^request: expected one of double,/),
      }),
    )
    expect(await client.call('uncloneable')).toMatchObject(E.left({ kind: 'failed' }))
  })

  test('flatten an Either that a handler returns', async () => {
    const { client } = open()
    expect(await client.call('half', 4)).toEqual(E.right(2))
    expect(await client.call('half', 3)).toEqual(E.left({ kind: 'odd' }))
    expectTypeOf(await client.call('half', 4)).toEqualTypeOf<
      E.Either<Problem | { readonly kind: 'odd' }, number>
    >()
  })

  test('end at once when their signal aborts, before or while they are at work', async () => {
    const { client } = open()
    const gone = E.left({ kind: 'aborted', message: 'the request was aborted' })
    expect(await client.call('double', 1, { signal: AbortSignal.abort() })).toEqual(gone)
    const controller = new AbortController()
    const answer = client.call('never', undefined, { signal: controller.signal })
    controller.abort()
    expect(await answer).toEqual(gone)
    expect(await client.call('double', 2)).toEqual(E.right(4))
  })

  test('move buffers instead of copying them', async () => {
    const { client } = open()
    const bytes = Uint8Array.of(1, 2, 3)
    const answer = await client.call('move', transfer(bytes, [bytes.buffer]))
    expect(answer).toEqual(E.right(Uint8Array.of(1, 2, 3)))
    expect(bytes.byteLength).toBe(0)
  })

  test('of a wrong name or argument do not compile', () => {
    const { client } = open()
    // @ts-expect-error no handler has this name
    void client.call('treble', 1)
    // @ts-expect-error a number is asked for
    void client.call('double', 'one')
    // @ts-expect-error an argument is missing
    void client.call('double')
    // @ts-expect-error a stream answers no call
    void client.call('count', 1)
    // @ts-expect-error a call answers no stream
    void client.stream('double', 1)
    expectTypeOf(client.call('nothing')).resolves.toEqualTypeOf<E.Either<Problem, undefined>>()
  })
})

describe('streams', () => {
  test.prop([fc.nat(30), fc.integer({ min: 1, max: 5 })])(
    'give every item once and in order',
    async (to, ahead) => {
      const { client } = open()
      expect(await collect(client.stream('count', to, { ahead }))).toEqual(
        Array.from({ length: to }, (_, i) => E.right(i)),
      )
    },
  )

  test.prop([fc.integer({ min: 1, max: 4 }), fc.nat(6)])(
    'are never more items ahead than were allowed',
    async (ahead, taken) => {
      const pulled: number[] = []
      const { client } = open(pulled)
      const items = client.stream('count', 100, { ahead })
      for (let i = 0; i < taken; i++) await items.next()
      // Messages that are under way arrive before an answer that was asked for later.
      for (let i = 0; i < 3; i++) await client.call('slowly', i)
      expect(pulled.length).toBeLessThanOrEqual(taken + ahead)
      await items.return()
    },
  )

  test('end with the problem that broke them, after the items before it', async () => {
    const { client } = open()
    expect(await collect(client.stream('breaks', 2))).toEqual([
      E.right(0),
      E.right(1),
      E.left({ kind: 'failed', message: 'broken' }),
    ])
  })

  test('stop in the worker when the loop is left', async () => {
    const pulled: number[] = []
    const { client } = open(pulled)
    for await (const item of client.stream('count', 1000)) if (E.toUnion(item) === 3) break
    await client.call('slowly', 0)
    const { length } = pulled
    await client.call('slowly', 0)
    expect(pulled.length).toBe(length)
    expect(length).toBeLessThan(10)
  })
})

describe('a worker that dies', () => {
  test('ends what is pending as lost, and is started again', async () => {
    const { client, made } = open()
    await client.call('double', 1)
    const pending = client.call('never')
    const items = client.stream('count', 1000)
    await items.next()
    made[0]!.die('out of memory')
    const lost = E.left({
      kind: 'lost',
      message: 'the worker ended with an error: out of memory',
    })
    expect(await pending).toEqual(lost)
    expect((await collect(items)).at(-1)).toEqual(lost)
    expect(await client.call('double', 21)).toEqual(E.right(42))
    expect(made.length).toBe(2)
  })

  test('knows what `restore` restores before any other request', async () => {
    const order: string[] = []
    const { make, made } = workersOf(() => ({
      double: (n: number) => {
        order.push(`double ${n}`)
        return 2 * n
      },
    }))
    type Small = { readonly double: (n: number) => number }
    const client = connect<Small>(make, { restore: ({ call }) => call('double', 100) })
    await client.call('double', 1)
    client.restart()
    await client.call('double', 2)
    expect(order).toEqual(['double 1', 'double 100', 'double 2'])
    expect(made.length).toBe(2)
    client.close()
  })

  test('counts as lost when it gives no sign of life', async () => {
    const problems: Problem[] = []
    const { client, made } = open([], {
      timeoutMs: 40,
      onLost: (problem) => problems.push(problem),
    })
    await client.call('double', 1)
    const pending = client.call('never')
    made[0]!.hang()
    expect(await pending).toEqual(
      E.left({ kind: 'lost', message: 'the worker did not respond for 40 ms' }),
    )
    expect(problems.length).toBe(1)
  })

  test('is not restarted for ever if none of them responds', async () => {
    const { client, made } = open()
    for (const at of [0, 1, 2]) made[at]!.die('syntax error')
    expect(await client.call('double', 1)).toMatchObject(E.left({ kind: 'lost' }))
    expect(made.length).toBe(3)
  })

  test('that was closed stays closed', async () => {
    const { client, made } = open()
    client.close()
    expect(await client.call('double', 1)).toMatchObject(E.left({ kind: 'aborted' }))
    expect(await collect(client.stream('count', 3))).toMatchObject([E.left({ kind: 'aborted' })])
    expect(made.length).toBe(1)
  })
})

test('pause ends early when its signal aborts', async () => {
  const controller = new AbortController()
  const waiting = pause(1e9, controller.signal)
  controller.abort()
  await waiting
  await pause(1e9, AbortSignal.abort())
  expect(controller.signal.aborted).toBe(true)
})
