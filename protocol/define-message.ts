import type { Static, TObject, TProperties } from 'typebox'
import { Type } from 'typebox'

/** Who sends a message. Commands come from the server and are closed; reports come from the agent and may grow. */
export type Sender = 'server' | 'agent'

/** One message of the protocol: its schema first, everything else derived from it. */
export interface MessageDefinition<Name extends string = string, Schema extends TObject = TObject> {
  readonly type: Name
  readonly from: Sender
  /** Protocol version that introduced the message. */
  readonly since: number
  /** One sentence of meaning, shown in SPEC.md. */
  readonly summary: string
  readonly schema: Schema
}

/** The value that a message's schema describes, `type` included. */
export type MessageOf<Definition extends MessageDefinition> = Static<Definition['schema']>

/**
 * Declares a message. A server's command refuses unknown fields (SPEC W6): a field that the agent does not know could
 * carry a meaning it would not honour. An agent's report lets them pass (W7), so that a newer agent can say more.
 */
export function defineMessage<
  const Name extends string,
  const From extends Sender,
  Body extends TProperties,
>(definition: {
  readonly type: Name
  readonly from: From
  readonly since: number
  readonly summary: string
  readonly body: Body
}) {
  const schema = Type.Object(
    { type: Type.Literal(definition.type), ...definition.body },
    { additionalProperties: definition.from === 'agent' },
  )
  return {
    type: definition.type,
    from: definition.from as From, // Keeps the literal, by which the catalogue tells the two sides apart.
    since: definition.since,
    summary: definition.summary,
    schema,
  } as const satisfies MessageDefinition<Name>
}

/** Option for nested objects of a command: unknown fields are refused there too. */
export const closed = { additionalProperties: false } as const
