import { fieldProblem } from '@askfirst/protocol/field-problem.ts'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'

const schema = Type.Object(
  { level: Type.Enum(['low', 'high']), count: Type.Integer({ maximum: 3 }) },
  { additionalProperties: false },
)
const said = (value: unknown) =>
  Value.Errors(schema, value)
    .map(fieldProblem)
    .filter((problem) => problem !== null)

test('an unknown field is named once, by its own path', () => {
  expect(said({ level: 'low', count: 1, colour: 'red' })).toEqual([
    { path: '/colour', message: 'is not a field that is known here' },
  ])
})

test('a choice names what can be chosen, and everything else keeps the words of the schema', () => {
  expect(said({ level: 'middle', count: 9 })).toEqual([
    { path: '/level', message: 'must be one of low, high' },
    { path: '/count', message: expect.stringContaining('3') },
  ])
})
