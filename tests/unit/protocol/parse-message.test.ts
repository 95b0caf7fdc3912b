import { LIMITS } from '@askfirst/protocol/limits.ts'
import { parseAgentMessage, parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

/** A report with one more field of any content: reports ignore what they do not know, so only the bounds judge it. */
const ping = (extra: string) => `{"type":"link.ping","nonce":1,"extra":${extra}}`
const kindOf = (extra: string) => parseAgentMessage(ping(extra)).kind
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const text = (length: number) => JSON.stringify('x'.repeat(length))
const list = (length: number) => JSON.stringify(Array.from({ length }, () => 0))
const record = (keys: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, at) => [`k${at}`, 0])))

describe('bounds of a text frame', () => {
  it('[L1] takes one of exactly the limit and refuses one that is longer', () => {
    const whole = ping('0')
    expect(parseAgentMessage(whole.padEnd(LIMITS.maxTextFrameBytes - 1)).kind).toBe('message')
    expect(parseAgentMessage(whole.padEnd(LIMITS.maxTextFrameBytes)).kind).toBe('message')
    expect(parseAgentMessage(whole.padEnd(LIMITS.maxTextFrameBytes + 1)).kind).toBe('invalid')
  })

  it.each([
    ['[L5] nesting', nested, LIMITS.maxDepth - 1],
    ['[L6] a string', text, LIMITS.maxStringLength],
    ['[L7] an array', list, LIMITS.maxArrayLength],
    ['[L8] an object', record, LIMITS.maxKeys],
  ])('%s may be as large as the limit and no larger', (_what, make, limit) => {
    expect([limit - 1, limit, limit + 1].map((size) => kindOf(make(size)))).toEqual(['message', 'message', 'invalid'])
  })

  it('[L6] counts the length of a key as that of a string', () => {
    const key = (length: number) => `{${text(length)}:0}`
    expect([LIMITS.maxStringLength, LIMITS.maxStringLength + 1].map((size) => kindOf(key(size)))).toEqual([
      'message',
      'invalid',
    ])
  })

  it('[L5] does not run out of stack on the deepest nesting that a frame can hold', () => {
    expect(kindOf(nested(LIMITS.maxTextFrameBytes / 2 - 32))).toBe('invalid')
  })
})

describe('what a text frame may hold', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('[W9] refuses the key %s at any depth', (key) => {
    expect(kindOf(`{"${key}":{}}`)).toBe('invalid')
    expect(kindOf(`[[{"a":{"${key}":1}}]]`)).toBe('invalid')
    expect(parseAgentMessage(`{"type":"link.ping","nonce":1,"${key}":{"nonce":2}}`).kind).toBe('invalid')
    expect({}).not.toHaveProperty('nonce')
  })

  it.each(['"\\ud800"', '"\\udc00x"', '["\\ud83d"]', '{"\\udfff":1}'])(
    '[W9] refuses the lone surrogate in %s',
    (extra) => {
      expect(kindOf(extra)).toBe('invalid')
    },
  )

  it('[W9] takes whole surrogate pairs', () => {
    expect(kindOf('"\\ud83d\\ude00"')).toBe('message')
  })

  it.each([
    '',
    'no JSON',
    '{"type":"link.ping"',
    '[]',
    '"link.ping"',
    'null',
    '{}',
    '{"type":7}',
    '{"type":"Link.Ping"}',
    '{"type":"ping"}',
  ])('[W5] calls %j invalid', (frame) => {
    expect(parseAgentMessage(frame).kind).toBe('invalid')
    expect(parseServerMessage(frame).kind).toBe('invalid')
  })

  it('[W5] calls a well-formed message of another version unknown, and keeps to the bounds there too', () => {
    expect(parseServerMessage('{"type":"future.thing","x":[1]}')).toEqual({ kind: 'unknown', type: 'future.thing' })
    expect(parseServerMessage(`{"type":"future.thing","x":${list(LIMITS.maxArrayLength + 1)}}`).kind).toBe('invalid')
  })

  it('[W5] refuses what comes from the wrong side', () => {
    expect(parseServerMessage('{"type":"link.ping","nonce":1}').kind).toBe('invalid')
    expect(parseAgentMessage('{"type":"link.pong","nonce":1,"clock":"2026-11-22T08:00:00.000Z"}').kind).toBe('invalid')
  })

  it('[W4] never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((value) => `{"type":"run.start","params":${value}}`),
        ),
        (frame) => {
          for (const parse of [parseAgentMessage, parseServerMessage])
            expect(['message', 'unknown', 'invalid']).toContain(parse(frame).kind)
        },
      ),
      { numRuns: 500 },
    )
  })
})
