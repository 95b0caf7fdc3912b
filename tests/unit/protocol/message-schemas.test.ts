import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import { describe, expect, it } from 'vitest'
import type { RecordedMessage } from '../../support/recorded-messages.ts'
import { parseAsReceiver, recordedMessages, senderOf } from '../../support/recorded-messages.ts'

const messages = recordedMessages()
const commands = messages.filter(({ type }) => senderOf(type) === 'server')
const reports = messages.filter(({ type }) => senderOf(type) === 'agent')
const named = (list: readonly RecordedMessage[]) => list.map((message) => [message.type, message] as const)
/** Parameters are the collector's own: their schema is with the agent, not with the message. */
const NOT_OURS = new Set(['params'])

/** The same message with an unknown field added to each object inside it in turn, the message itself first. */
function withUnknownFields(value: RecordedMessage): RecordedMessage[] {
  return objectsIn(value, []).map((path) => {
    const copy = structuredClone(value)
    const target = path.reduce<Record<string, unknown>>((part, key) => part[key] as Record<string, unknown>, copy)
    target.alsoRun = 'this'
    return copy
  })
}

function objectsIn(value: unknown, path: readonly string[]): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  const here = Array.isArray(value) ? [] : [path]
  const nested = Object.entries(value).flatMap(([key, member]) =>
    NOT_OURS.has(key) ? [] : objectsIn(member, [...path, key]),
  )
  return [...here, ...nested]
}

describe('messages', () => {
  it('[W4] are each recorded once, and each is accepted as it stands', () => {
    expect(messages.map(({ type }) => type)).toEqual(MESSAGES.map(({ type }) => type))
    for (const message of messages) expect(parseAsReceiver(message), message.type).toEqual({ kind: 'message', message })
  })

  it.each(named(messages))(
    '[W4] %s is refused without any of its fields, or with one of another kind',
    (_type, message) => {
      const { properties, required } = schemaOf(message.type)
      for (const field of Object.keys(properties)) {
        if (field === 'type') continue
        const { [field]: _left, ...without } = message
        const expected = required.includes(field) ? 'invalid' : 'message'
        expect(parseAsReceiver({ ...without, type: message.type }).kind, `without ${field}`).toBe(expected)
        const other = typeof message[field] === 'number' ? 'text' : 7
        expect(parseAsReceiver({ ...message, [field]: other }).kind, `other ${field}`).toBe('invalid')
      }
    },
  )
})

describe('commands of the server', () => {
  it.each(named(commands))('[W6] %s is refused with an unknown field in any of its objects', (_type, message) => {
    const changed = withUnknownFields(message)
    expect(changed.length).toBeGreaterThan(0)
    for (const one of changed) expect(parseAsReceiver(one).kind, JSON.stringify(one)).toBe('invalid')
  })
})

describe('reports of the agent', () => {
  it.each(named(reports))('[W7] %s is accepted with a field that this version does not know', (_type, message) => {
    expect(parseAsReceiver({ ...message, aFieldOfTheFuture: { more: [1] } }).kind).toBe('message')
  })

  it('[W7] keep the completeness record closed, because it is stored as it is', () => {
    const end = messages.find(({ type }) => type === 'run.end')
    const completeness = { ...(end?.completeness as object), more: 1 }
    expect(parseAsReceiver({ ...end, type: 'run.end', completeness }).kind).toBe('invalid')
  })
})

interface PlainSchema {
  readonly properties: Readonly<Record<string, unknown>>
  readonly required: readonly string[]
}

function schemaOf(type: string): PlainSchema {
  const definition = MESSAGES.find((known) => known.type === type)
  // A schema is JSON; typebox's own types do not say which keywords it holds.
  return JSON.parse(JSON.stringify(definition?.schema)) as PlainSchema
}
