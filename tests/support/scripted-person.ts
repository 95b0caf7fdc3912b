import { createHash } from 'node:crypto'
import { createSignJws } from '@askfirst/agent/identity/sign-jws.ts'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { AttachmentRef, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { STATEMENT_TYP } from '@askfirst/protocol/statement-record.ts'
import { openedSaid } from './person-records.ts'
import type { ScriptedAgent, ScriptedIdentity } from './scripted-agent.ts'
import { scriptedId } from './scripted-agent.ts'

/** A hello of an agent that knows of tickets. */
export const SPEAKS_TICKETS = { protocol: { oldest: 1, newest: 4 } } as const

/** A file as a statement names it. */
export function namedFile(bytes: Uint8Array, change: Partial<AttachmentRef> = {}): AttachmentRef {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const named = { name: 'Screenshot.png', mediaType: 'image/png' } as const
  return { attachmentId: scriptedId('att'), ...named, bytes: bytes.byteLength, sha256, ...change }
}

/** What a person at the agent's machine says about a ticket. */
export function statement(
  agent: ScriptedAgent,
  said: StatementRecord['said'] = openedSaid(),
  change: Partial<StatementRecord> = {},
): StatementRecord {
  return {
    schema: 'askfirst.statement-record.v1',
    statementId: scriptedId('stm'),
    ticketId: scriptedId('tkt'),
    deviceId: agent.deviceId,
    at: new Date().toISOString(),
    osUser: 'rae',
    language: 'en',
    said,
    ...change,
  }
}

/** Signs a statement as the device would. */
export function signStatement(identity: ScriptedIdentity, record: unknown): string {
  const sign = createSignJws({ key: identity.key, certificatePem: identity.answer.certificate })
  return sign(STATEMENT_TYP, canonicalJson(record))
}

/** Sends a signed text under an id, and waits for the answer to it. */
export async function sendJws(agent: ScriptedAgent, statementId: StatementId, jws: string) {
  agent.send({ type: 'person.statement', statementId, jws })
  return await agent.next('consent.recorded')
}

/** Signs and sends a statement, and waits for the answer to it. */
export function state(agent: ScriptedAgent, record: StatementRecord): Promise<MessageNamed<'consent.recorded'>> {
  return sendJws(agent, record.statementId, signStatement(agent.identity, record))
}

/** Opens a ticket; throws unless it was recorded. */
export async function openTicket(agent: ScriptedAgent, said = openedSaid()): Promise<TicketId> {
  const record = statement(agent, said)
  const { outcome, code } = await state(agent, record)
  if (outcome !== 'recorded') throw new Error(`The ticket was refused: ${code}`)
  return record.ticketId
}

/** A piece of a file from a position on. */
export function piece(
  attachmentId: AttachmentRef['attachmentId'],
  bytes: Uint8Array,
  offset: number,
): MessageNamed<'attachment.piece'> {
  const part = bytes.subarray(offset, offset + LIMITS.maxAttachmentPieceBytes)
  return { type: 'attachment.piece', attachmentId, offset, data: Buffer.from(part).toString('base64') }
}

/** Sends a file as the server asks for it, from its first word about it on, and gives its last. */
export async function sendFile(agent: ScriptedAgent, bytes: Uint8Array): Promise<MessageNamed<'attachment.state'>> {
  for (;;) {
    const said = await agent.next('attachment.state')
    if (said.state !== 'wanted') return said
    agent.send(piece(said.attachmentId, bytes, said.nextOffset))
  }
}
