import type { Sender } from './define-message.ts'
import { jsonBoundsProblem } from './json-bounds.ts'
import { LIMITS } from './limits.ts'
import type { AgentMessage, ServerMessage } from './messages/index.ts'
import { MESSAGES } from './messages/index.ts'
import { schemaCheck } from './schema-check.ts'

/** What became of a text frame. `unknown` is a well-formed message of a newer version and is to be ignored (W5). */
export type Parsed<Message> =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'invalid'; readonly reason: string }

const definitions = new Map(
  MESSAGES.map(({ type, from, schema }) => [type as string, { from, check: schemaCheck(schema) }]),
)

/** Parses a text frame that an agent sent. @see parseServerMessage */
export function parseAgentMessage(text: string): Parsed<AgentMessage> {
  return parse(text, 'agent') as Parsed<AgentMessage> // The catalogue's schema for this sender was checked.
}

/**
 * Parses a text frame that a server sent: size, JSON, bounds (L1, L5 to L8), type, schema. Never throws.
 *
 * @param text one whole text frame
 */
export function parseServerMessage(text: string): Parsed<ServerMessage> {
  return parse(text, 'server') as Parsed<ServerMessage> // The catalogue's schema for this sender was checked.
}

function parse(text: string, from: Sender): Parsed<unknown> {
  if (text.length > LIMITS.maxTextFrameBytes) return invalid(`a text frame of ${text.length} characters is too long`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return invalid('the frame is not JSON')
  }
  const bounds = jsonBoundsProblem(value)
  if (bounds !== null) return invalid(bounds)
  const type = typeOf(value)
  if (type === null) return invalid('the frame is not an object with a `type`')
  const definition = definitions.get(type)
  if (definition === undefined) return { kind: 'unknown', type }
  if (definition.from !== from) return invalid(`${type} is never sent by the ${from}`)
  if (definition.check.Check(value)) return { kind: 'message', message: value }
  return invalid(`${type}: ${firstError(definition.check.Errors(value))}`)
}

function typeOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('type' in value)) return null
  return typeof value.type === 'string' && /^[a-z]+\.[a-z]+$/.test(value.type) ? value.type : null
}

function firstError(errors: readonly { instancePath: string; message: string }[]): string {
  const error = errors[0]
  return error === undefined
    ? 'does not match its schema'
    : `${error.instancePath || '/'} ${error.message}`.slice(0, 200)
}

function invalid(reason: string): Parsed<never> {
  return { kind: 'invalid', reason }
}
