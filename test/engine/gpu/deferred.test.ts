import { describe, expect, test } from 'vitest'
import { deferred, formTable } from '../../../src/engine/gpu/deferred.ts'
import { launches } from '../../../src/engine/gpu/launches.ts'
import { each, type FormOf } from '../../../src/kernel/form.ts'
import { operation } from '../../../src/kernel/machine.ts'
import type { Floats } from '../../../src/tensor/tensor.ts'
import { hostDevice } from '../../support/hostDevice.ts'

interface Counter {
  n: number
}

const addCount = operation('test.addCount', (_, x: Floats, counter: Counter) => {
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + counter.n
})

const forms = formTable([
  {
    of: addCount,
    form: (x, counter) => ({
      live: { names: ['n'], read: () => [counter.n] },
      fills: [each(x, { x }, 'x + n')],
    }),
  } satisfies FormOf<typeof addCount>,
])

const hostOnly = operation('test.hostOnly', (_, x: Floats) => {
  x.fill(0)
})

describe('a deferred runtime', () => {
  test('runs each program with the numbers that the host had when it was called', async () => {
    const { runtime, take } = deferred('test', forms)
    const x = runtime.own.floats(3)
    const counter = { n: 0 }
    const { run } = runtime.record((machine) => machine.run(addCount, x, counter))
    const runFor = (counts: readonly number[]): void => {
      for (const n of counts) {
        counter.n = n
        run()
      }
    }
    runFor([0, 0, 0, 0])
    const planned = launches(hostDevice(), take(), [x])
    expect(planned.rounds).toBe(4)
    runFor([1, 10, 100, 1000])
    expect([...x]).toEqual([0, 0, 0])
    await planned.run(take())
    expect([...x]).toEqual([1111, 1111, 1111])
    expect(take()).toEqual([])
  })

  test('names each operation and kernel without a form once', () => {
    const { runtime, missing } = deferred('test', forms)
    const x = runtime.own.floats(4)
    runtime.record((machine) => {
      machine.run(addCount, x, { n: 1 })
      machine.matmul.nn(machine.alloc(4), x, x, null, 2, 2, 2)
      machine.run(hostOnly, x)
      machine.run(hostOnly, x)
      machine.softmax.logSoftmax(machine.alloc(4), x, 2, 2)
    })
    runtime.record((machine) => machine.run(hostOnly, x))
    expect(missing()).toEqual(['test.hostOnly'])
  })

  test('launches no other programs than those planned for', async () => {
    const { runtime, take } = deferred('test', forms)
    const x = runtime.own.floats(3)
    const [one, two] = [0, 1].map(() =>
      runtime.record((machine) => machine.run(addCount, x, { n: 1 })),
    )
    one!.run()
    one!.run()
    const planned = launches(hostDevice(), take(), [x])
    one!.run()
    two!.run()
    await expect(planned.run(take())).rejects.toThrow(/runs: expected a multiple of 2 runs/)
    one!.run()
    await expect(planned.run(take())).rejects.toThrow(/got 1: plan launches/)
    expect([...x]).toEqual([0, 0, 0])
  })
})
