import { fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { tokenMlp } from '../../src/nn/index.ts'
import { key } from '../../src/random/key.ts'
import { layerLaws } from '../law/layers.ts'

layerLaws('a token MLP', {
  layer: tokenMlp({ tokens: 5, window: 2, embedding: 2, hidden: [3], outputs: 2 }),
  input: fc.nat(4),
  hasInputGradient: false,
})

test('a token MLP without hidden layers is an embedding below a linear layer', () => {
  const layer = tokenMlp({ tokens: 5, window: 2, embedding: 3, hidden: [], outputs: 4 })
  expect([layer.inputs, layer.outputs, layer.paramCount]).toStrictEqual([2, 4, 15 + 28])
  expect(Object.keys(layer.init(key(1), 'f32'))).toStrictEqual(['layer0', 'layer1'])
})
