import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import { paramsProblem, safeParamsSchema } from '@askfirst/server/consent/safe-params-schema.ts'
import { describe, expect, it } from 'vitest'

const ANNOUNCED = {
  type: 'object',
  additionalProperties: false,
  properties: {
    max: { type: 'integer', minimum: 1, maximum: 10, default: 5, grant: 'atMost' },
    words: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 2, default: [], grant: 'subset' },
    since: { type: 'string', pattern: '^(a+)+$', maxLength: 40 },
  },
  required: [],
}

describe('safeParamsSchema', () => {
  it('[C5] checks types, bounds, choices and unknown names', () => {
    const schema = safeParamsSchema(ANNOUNCED)
    expect(paramsProblem(schema, {})).toBeNull()
    expect(paramsProblem(schema, { max: 10, words: ['a'] })).toBeNull()
    expect(paramsProblem(schema, { max: 11 })).toContain('/max')
    expect(paramsProblem(schema, { words: ['c'] })).toContain('/words')
    expect(paramsProblem(schema, { other: 1 })).not.toBeNull()
  })

  it('[C9] keeps the rules by which parameters are compared', () => {
    const schema = safeParamsSchema(ANNOUNCED)
    expect(firstOutsideGrant(schema, { max: 5 }, { max: 6 })).toBe('max')
    expect(firstOutsideGrant(schema, { max: 5 }, { max: 4 })).toBeNull()
  })

  it('takes no regular expression and no reference from a stranger', () => {
    const text = JSON.stringify(
      safeParamsSchema({
        properties: {
          a: { type: 'string', pattern: '^(a+)+$', format: 'x', $ref: '#' },
          b: { items: { pattern: '(' } },
        },
      }),
    )
    expect(text).not.toMatch(/pattern|format|\$ref/)
    expect(paramsProblem(safeParamsSchema(ANNOUNCED), { since: `${'a'.repeat(35)}!` })).toBeNull()
  })

  it('survives schemas of any form', () => {
    let deep: Record<string, unknown> = { type: 'string' }
    for (let level = 0; level < 1_000; level += 1) deep = { items: deep }
    expect(paramsProblem(safeParamsSchema({ properties: { deep } }), { deep: [[1]] })).toBeNull()
    expect(paramsProblem(safeParamsSchema({ properties: 7 }), {})).toBeNull()
    expect(paramsProblem(safeParamsSchema({}), { x: 1 })).not.toBeNull()
  })
})
