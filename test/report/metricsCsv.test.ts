import { describe, expect, test } from 'vitest'
import { episodesCsv, metricsCsv } from '../../src/report/metricsCsv.ts'
import { metricsOf } from '../support/metrics.ts'

describe('tables of metrics', () => {
  test('have a line an update', () => {
    expect(metricsCsv([metricsOf(1), metricsOf(2, { episodes: [], explainedVariance: NaN })])).toBe(
      'update,steps,episodes,return,length,learningRate,policyLoss,valueLoss,entropy,approxKl,clipFraction,gradNorm,explainedVariance\r\n' +
        '1,100,2,10.5,5.5,0.25,-0.5,1.5,0.75,0.125,0.0625,2.5,0.875\r\n' +
        '2,200,0,,,0.25,-0.5,1.5,0.75,0.125,0.0625,2.5,\r\n',
    )
  })

  test('write infinite numbers by their names, which pandas and spreadsheets read', () => {
    const [, row] = metricsCsv([metricsOf(1, { approxKl: Infinity, entropy: -Infinity })]).split(
      '\r\n',
    )
    expect(row).toBe('1,100,2,10.5,5.5,0.25,-0.5,1.5,-Infinity,Infinity,0.0625,2.5,0.875')
  })

  test('have a line an episode', () => {
    expect(episodesCsv([metricsOf(1), metricsOf(2, { episodes: [] }), metricsOf(3)])).toBe(
      'update,steps,env,return,length\r\n1,100,0,10,4\r\n1,100,1,11,7\r\n3,300,0,30,4\r\n3,300,1,31,7\r\n',
    )
  })

  test('of nothing are their header', () => {
    expect(episodesCsv([])).toBe('update,steps,env,return,length\r\n')
  })
})
