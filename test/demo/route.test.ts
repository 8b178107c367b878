import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { hashOf, routeOf, runQuery, viewFields, withViewField } from '../../src/demo/route.ts'

const field = fc.stringMatching(/^[a-z]{1,6}=[\w.:]{0,8}$/)
const query = fc.array(field, { maxLength: 4 }).map((fields) => fields.join('&'))
const value = fc.string({ maxLength: 20 })

describe('the address of the page', () => {
  test.prop([fc.constantFrom('arena', 'teach'), query])('is a view and a query', (view, text) => {
    expect(routeOf(hashOf({ view, query: text }))).toEqual({ view, query: text })
  })

  test.prop([query, value])('holds fields of views beside the run', (text, given) => {
    const both = withViewField(text, 'teach', given)
    expect(new URLSearchParams(both).get('teach')).toBe(given)
    expect(runQuery(both)).toBe(runQuery(text))
    expect(viewFields(both)).toContain('teach=')
    expect(withViewField(both, 'teach', null)).toBe(withViewField(text, 'teach', null))
  })
})
