import { fc, test as prop } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { recorder } from '../../src/engine/recorder.ts'
import {
  buildAlone,
  buildDirect,
  buildIn,
  measure,
  memoryOf,
  type Build,
} from '../../src/engine/runtime.ts'
import { singleThread } from '../../src/engine/threadGroup.ts'
import { arenaIn, countingArena } from '../../src/engine/arrays.ts'
import { backendOf } from '../../src/kernel/backend.ts'
import { backends } from '../../src/kernel/backends.ts'
import { js } from '../../src/kernel/js/js.ts'
import { operation } from '../../src/kernel/machine.ts'
import type { Floats } from '../../src/tensor/tensor.ts'

const double = operation('test.double', (_, out: Floats, x: ArrayLike<number>) => {
  for (let i = 0; i < out.length; i++) out[i] = 2 * x[i]!
})

/** x ↦ tanh(x w + b) · 2, with x, w and b set from outside. */
const build: Build<{
  readonly x: Floats
  readonly w: Floats
  readonly b: Floats
  readonly run: () => Floats
}> = ({ own, record }) => {
  const [x, w, b] = [own.floats(6), own.floats(12), own.floats(4)]
  const { run } = record((machine) => {
    const [y, out] = [machine.alloc(8), machine.alloc(8)]
    machine.dense.affineTanh(y, x, w, b, 2, 3, 4)
    machine.run(double, out, y)
    return out
  })
  return { x, w, b, run }
}

const floats = (n: number) =>
  fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: n, maxLength: n })

describe('a recorded program', () => {
  prop.prop([fc.array(fc.tuple(floats(6), floats(12), floats(4)), { minLength: 1, maxLength: 3 })])(
    'gives the bits of running anew, run after run',
    (inputs) => {
      const all = [
        buildAlone(backends.js, build),
        buildAlone(backends.wasm, build),
        buildDirect(js.f32, build),
      ]
      for (const [x, w, b] of inputs) {
        const [recorded, wasm, direct] = all.map((one) => {
          one.x.set(x)
          one.w.set(w)
          one.b.set(b)
          return one.run().slice()
        })
        expect(recorded).toEqual(direct)
        expect(wasm).toEqual(direct)
      }
    },
  )

  test('runs in f64 on any machine', () => {
    const { x, w, run } = buildAlone(backendOf(js.f64), build)
    expect(x).toBeInstanceOf(Float64Array)
    x.set([1, 0, 0, 0, 0, 0])
    w.set([0.1])
    expect(run()[0]).toBeCloseTo(2 * Math.tanh(0.1), 14)
  })

  test('notes what it runs, by name', () => {
    const arena = countingArena('f32')
    const { record } = recorder('js', 'f32', arena, js.f32)
    const { entries } = record((machine) => {
      const out = machine.alloc(4)
      machine.matmul.nn(out, machine.alloc(4), machine.alloc(4), null, 2, 2, 2)
      machine.run(double, out, out)
    })
    expect(entries.map(({ name }) => name)).toEqual(['matmul.nn', 'test.double'])
  })

  test('runs nothing while it is recorded', () => {
    const { record } = recorder('js', 'f32', countingArena('f32'), js.f32)
    const { result, run } = record((machine) => {
      const out = machine.alloc(2)
      machine.run(double, out, [1, 2])
      return out
    })
    expect([...result]).toEqual([0, 0])
    expect([...run()]).toEqual([2, 4])
  })

  test('has no numbers to return before it runs', () => {
    const { record } = recorder('js', 'f32', countingArena('f32'), js.f32)
    expect(() => record((machine) => machine.vector.sumSquares([1]))).toThrow(
      /call it in an operation/,
    )
  })
})

describe('the memory of threads', () => {
  const arrays: Build<readonly ArrayBufferView[]> = ({ group, shared, own, record }) => [
    shared.floats(5),
    shared.bytes(3),
    own.doubles(group.rank + 1),
    own.integers(7),
    record((machine) => machine.alloc(9)).result,
  ]

  test.each([1, 2, 3, 8])('holds what %i of them share, and keeps the rest apart', (size) => {
    const backend = backends.js
    const groups = Array.from({ length: size }, (_, rank) => ({ ...singleThread, rank, size }))
    const bytes = groups.map((group) => measure(backend, arrays, group))
    const { bytes: all, starts } = memoryOf(backend, bytes)
    const memory = backend.memory(all, true)
    const laid = groups.map((group, i) =>
      buildIn(backend, arrays, memory, group, starts[i]!, bytes[i]!.scratch),
    )
    for (const [floats, flags] of laid)
      expect([floats!.byteOffset, flags!.byteOffset]).toEqual([
        laid[0]![0]!.byteOffset,
        laid[0]![1]!.byteOffset,
      ])
    const places = [...laid[0]!.slice(0, 2), ...laid.flatMap((views) => views.slice(2))]
      .map(({ byteOffset, byteLength }) => [byteOffset, byteOffset + byteLength] as const)
      .toSorted(([a], [b]) => a - b)
    for (let i = 1; i < places.length; i++) {
      expect(places[i]![0]).toBeGreaterThanOrEqual(places[i - 1]![1])
      expect(places[i]![0] % 64).toBe(0)
    }
    expect(places.at(-1)![1]).toBeLessThanOrEqual(all)
  })

  prop.prop([
    fc.array(fc.tuple(fc.constantFrom('floats', 'doubles', 'integers', 'bytes'), fc.nat(50))),
  ])('takes as many bytes as were counted', (asked) => {
    const counting = countingArena('f32')
    const laying = arenaIn('f32', new ArrayBuffer(64 * 1024), 0)
    for (const [kind, length] of asked) {
      const name = kind as 'floats'
      expect(counting[name](length)).toHaveLength(length)
      laying[name](length)
    }
    expect(laying.end()).toBe(counting.end())
  })
})
