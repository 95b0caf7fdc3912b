import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

const closed = { additionalProperties: false }

/** One command, in one frame. */
export const Ask = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    command: Type.String({ maxLength: 64 }),
    args: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()),
  },
  closed,
)
export type Ask = Static<typeof Ask>

/** A piece of a reply; the pieces of one reply together are the JSON of an `Outcome`. */
export const ReplyPart = Type.Object(
  { id: Type.Integer({ minimum: 1 }), part: Type.String(), last: Type.Boolean() },
  closed,
)
export type ReplyPart = Static<typeof ReplyPart>

export const Outcome = Type.Union([
  Type.Object({ ok: Type.Literal(true), result: Type.Unknown() }, closed),
  Type.Object(
    { ok: Type.Literal(false), code: Type.String({ maxLength: 64 }), detail: Type.String({ maxLength: 4_096 }) },
    closed,
  ),
])
export type Outcome = Static<typeof Outcome>

/** Characters of one piece: even when each needs an escape of 6 bytes, the frame stays below its limit. */
const PART_LENGTH = 8_192
/** Longest reply, in characters. */
export const MAX_REPLY_LENGTH = 33_554_432

const validators = { ask: schemaCheck(Ask), part: schemaCheck(ReplyPart), outcome: schemaCheck(Outcome) }

/** Cuts a reply into pieces for the channel. */
export function* replyParts(id: number, outcome: Outcome): Generator<string> {
  const text = JSON.stringify(outcome)
  for (let at = 0; at < text.length; at += PART_LENGTH) {
    const part: ReplyPart = { id, part: text.slice(at, at + PART_LENGTH), last: at + PART_LENGTH >= text.length }
    yield JSON.stringify(part)
  }
}

export function readAsk(text: string): Ask | null {
  const value = parse(text)
  return validators.ask.Check(value) ? value : null
}

export function readReplyPart(text: string): ReplyPart | null {
  const value = parse(text)
  return validators.part.Check(value) ? value : null
}

export function readOutcome(text: string): Outcome | null {
  const value = parse(text)
  return validators.outcome.Check(value) ? value : null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // Matches no schema.
  }
}
