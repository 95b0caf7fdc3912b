import type { AgentMessage, MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { AgentSession } from '../session.ts'

/** One handler for every message that an agent may send: a new message without one does not compile. */
export type Handlers = {
  readonly [Name in AgentMessage['type']]: (session: AgentSession, message: MessageNamed<Name>) => Promise<void>
}

/** Messages that a device in quarantine may send (SPEC H6). */
export const QUARANTINE_MAY_SEND: ReadonlySet<AgentMessage['type']> = new Set([
  'link.hello',
  'link.ping',
  'agent.catalogue',
  'certificate.renew',
])

/** Calls the handler of a message's type. */
export function dispatch(handlers: Handlers, session: AgentSession, message: AgentMessage): Promise<void> {
  // The table has for each type the handler of that type; TypeScript cannot relate the two sides of a union.
  const handle = handlers[message.type] as (session: AgentSession, message: AgentMessage) => Promise<void>
  return handle(session, message)
}
