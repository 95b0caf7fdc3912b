import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import type { Parsed } from '@askfirst/protocol/parse-message.ts'
import { parseAgentMessage, parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import { textOf } from './repository.ts'

export interface RecordedMessage {
  readonly type: string
  readonly [field: string]: unknown
}

/** One message of every type as a version of the protocol sent it (absent: the newest), with every optional field. */
export function recordedMessages(version = 4): readonly RecordedMessage[] {
  // Written when the version was published; the tests that read it check every field against the schemas.
  return JSON.parse(textOf(`tests/fixtures/frames/${version}/messages.json`)) as RecordedMessage[]
}

/** Who sends messages of this type. */
export function senderOf(type: string): 'agent' | 'server' {
  const definition = MESSAGES.find((known) => known.type === type)
  if (definition === undefined) throw new Error(`There is no message ${type}`)
  return definition.from
}

/** Parses a message as the side that receives its type would. */
export function parseAsReceiver(message: RecordedMessage): Parsed<unknown> {
  const text = JSON.stringify(message)
  return senderOf(message.type) === 'agent' ? parseAgentMessage(text) : parseServerMessage(text)
}
