import { parametersInWords } from '@askfirst/protocol/notice/parameter-words.ts'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'

const words = { old: 'what is old', new: 'what is new' }
const schema = Type.Object({
  minutes: Type.Optional(Type.Integer({ default: 1_440, description: 'Goes back at most', unit: 'minutes' })),
  days: Type.Optional(Type.Integer({ description: 'Days', unit: 'days' })),
  sampleMs: Type.Optional(Type.Integer({ description: 'Measured over', unit: 'ms' })),
  kinds: Type.Optional(Type.Array(Type.Enum(['old', 'new']), { default: ['old', 'new'], description: 'Kinds', words })),
  order: Type.Optional(Type.Enum(['old', 'new'], { default: 'new', words })),
  names: Type.Optional(Type.Array(Type.String(), { default: [] })),
  maxRows: Type.Optional(Type.Integer()),
  alsoThis: Type.Optional(Type.Boolean({ default: false })),
})
const line = (params: object, start: string) =>
  parametersInWords(schema, params as Record<string, unknown>).find((text) => text.startsWith(`${start}: `))

describe('parameters in words', () => {
  it.each([
    [{}, 'Goes back at most: 1 day'],
    [{ minutes: 4_320 }, 'Goes back at most: 3 days'],
    [{ minutes: 90 }, 'Goes back at most: 1 hour 30 minutes'],
    [{ minutes: 1_441 }, 'Goes back at most: 24 hours 1 minute'],
    [{ days: 1 }, 'Days: 1 day'],
    [{ days: 30 }, 'Days: 30 days'],
    [{ sampleMs: 1_000 }, 'Measured over: 1 second'],
    [{ sampleMs: 250 }, 'Measured over: 0.25 seconds'],
    [{}, 'Kinds: all'],
    [{ kinds: ['new'] }, 'Kinds: what is new'],
    [{ order: 'old' }, 'Order: what is old'],
    [{}, 'Names: all'],
    [{ names: ['a', 'b”c'] }, 'Names: “a”, “b"c”'],
    [{}, 'Max rows: not limited'],
    [{ maxRows: 5 }, 'Max rows: 5'],
    [{}, 'Also this: no'],
    [{ alsoThis: true }, 'Also this: yes'],
  ])('[C5] says %j as: %s', (params, expected) => {
    expect(line(params, expected.slice(0, expected.indexOf(':')))).toBe(expected)
  })

  it('[C5] shows a choice that the collector does not know as the word of someone else', () => {
    expect(line({ kinds: ['constructor', 'old'] }, 'Kinds')).toBe('Kinds: “constructor”, what is old')
  })
})
