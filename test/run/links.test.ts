import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { linkBytes, linksFrom, linksIn, LINK_BYTES } from '../../src/run/links.ts'

const link = (i: number): string => i.toString(16).padStart(64, '0')
const many = Array.from({ length: 5000 }, (_, i) => link(i * 7919))
const file = linkBytes(many)

describe('the links of a chain', () => {
  test.prop([fc.array(fc.nat(), { maxLength: 20 })])(
    'are read back as they were written',
    (all) => {
      const links = all.map(link)
      expect(linkBytes(links)).toHaveLength(links.length * LINK_BYTES)
      expect(linksIn(linkBytes(links))).toEqual(links)
    },
  )

  test.prop([
    fc.array(fc.integer({ min: -2, max: many.length + 2 }), { maxLength: 20 }),
    fc.constantFrom(1, 1000, 65_536),
  ])('in a file are found in any order, however its pieces come', (places, size) => {
    function* read(from: number, to: number) {
      for (let at = from; at < to; at += size) yield file.subarray(at, Math.min(to, at + size))
    }
    const links = linksFrom(many.length, read)
    for (const i of places) expect(links.at(i)).toBe(i < 0 ? undefined : many[i])
  })

  test('in a file are read a block at a time: a walk reads each byte once', () => {
    let bytes = 0
    const links = linksFrom(many.length, (from, to) => {
      bytes += to - from
      return [file.subarray(from, to)]
    })
    for (let i = 0; i < many.length; i++) links.at(i)
    expect(bytes).toBe(file.length)
  })
})
