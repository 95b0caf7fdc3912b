import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import fc from 'fast-check'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'

const schema = Type.Object({
  most: Type.Integer({ default: 10, grant: 'atMost' }),
  since: Type.Optional(Type.String({ grant: 'atLeast' })),
  until: Type.Optional(Type.String({ grant: 'atMost' })),
  names: Type.Array(Type.String(), { default: [], grant: 'subset' }),
  secrets: Type.Boolean({ default: false, grant: 'onlyIf' }),
  order: Type.String({ default: 'cpu', grant: 'equal' }),
  forgotten: Type.Optional(Type.Integer()),
})

describe('parameters within a grant', () => {
  it.each([
    ['most', { most: 5 }, { most: 5 }, null],
    ['most', { most: 5 }, { most: 6 }, 'most'],
    ['most by default', {}, { most: 11 }, 'most'],
    ['most left out', { most: 5 }, {}, 'most'],
    ['since', { since: '2026-01-02' }, { since: '2026-01-03' }, null],
    ['since', { since: '2026-01-02' }, { since: '2026-01-01' }, 'since'],
    ['since left out', { since: '2026-01-02' }, {}, 'since'],
    ['until', { until: '2026-01-02' }, { until: '2026-01-03' }, 'until'],
    ['names', { names: ['a', 'b'] }, { names: ['b'] }, null],
    ['names', { names: ['a'] }, { names: ['a', 'b'] }, 'names'],
    ['all names', { names: ['a'] }, { names: [] }, 'names'],
    ['names of all', { names: [] }, { names: ['a'] }, null],
    ['secrets', {}, { secrets: true }, 'secrets'],
    ['secrets', { secrets: true }, { secrets: false }, null],
    ['order', { order: 'cpu' }, { order: 'memory' }, 'order'],
    ['another kind', { most: 5 }, { most: '1' }, 'most'],
    ['an unknown one', {}, { shell: 'id' }, 'shell'],
    ['__proto__', {}, JSON.parse('{"__proto__":{"most":99}}') as object, '__proto__'],
    ['one without a rule', { forgotten: 3 }, { forgotten: 3 }, null],
    ['one without a rule', { forgotten: 3 }, { forgotten: 2 }, 'forgotten'],
    ['one without a rule', {}, { forgotten: 2 }, 'forgotten'],
  ])('[C9] judges %s: %j allows %j', (_what, granted: object, ordered: object, outside) => {
    expect(firstOutsideGrant(schema, { ...granted }, { ...ordered })).toBe(outside)
  })

  it('[C9] lets every grant cover itself', () => {
    const values = fc.record(
      {
        most: fc.integer(),
        since: fc.string(),
        names: fc.array(fc.string()),
        secrets: fc.boolean(),
        order: fc.string(),
        forgotten: fc.integer(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(values, (granted) => {
        expect(firstOutsideGrant(schema, granted, granted)).toBeNull()
      }),
    )
  })
})
