import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { LOG_KINDS } from '@askfirst/protocol/findings-log.ts'
import { TicketMessage } from '@askfirst/protocol/messages/ticket-messages.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { toMessage } from '@askfirst/server/people/ticket-message.ts'
import { MESSAGE_KINDS } from '@askfirst/server/store/message-entries.ts'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { openedSaid } from '../../../support/person-records.ts'
import { freshId, logDraft } from '../../../support/store-records.ts'

const isMessage = Compile(TicketMessage)
const ticketId = freshId('tkt')
const statementId = freshId('stm')

function entry(kind: LogEntry['kind'], body: LogEntry['body']): LogEntry {
  return { ...logDraft(ticketId, kind, body), seq: 7, previousHash: '0'.repeat(64), hash: 'f'.repeat(64) }
}
const stated = (said: StatementRecord['said']) =>
  toMessage(entry('person.stated', { statementId, osUser: 'rae', said, jws: 'a.b.c' }))

describe('[P7] what the person reads of the log', () => {
  it('is no entry but messages of the desk and their own words', () => {
    for (const kind of LOG_KINDS)
      if (!MESSAGE_KINDS.some((known) => known === kind))
        expect(toMessage(entry(kind, { text: 'internal', said: { kind: 'reply', text: 'x' } }))).toBeNull()
    expect(stated({ kind: 'answer', fixed: true })).toBeNull()
  })

  it('names who wrote it', () => {
    expect(toMessage(entry('message.sent', { text: 'Try again' }))).toMatchObject({
      from: 'desk',
      author: 'Ute',
      text: 'Try again',
    })
    expect(stated({ kind: 'reply', text: 'Done', attachments: [] })).toMatchObject({
      from: 'person',
      author: 'rae',
      text: 'Done',
      statementId,
    })
    expect(stated(openedSaid())).toMatchObject({ author: 'Rae Example' })
    expect(stated({ kind: 'answer', fixed: false, text: 'No' })).toMatchObject({ text: 'No' })
  })

  it('is a mail with the names of its files', () => {
    const file = { attachmentId: freshId('att'), name: 'Screen.png', bytes: 3, sha256: '0'.repeat(64) }
    const mail = (text: string, files: readonly object[]) =>
      toMessage(entry('mail.received', { from: 'a@b.example', messageId: 'x', text, files, dropped: [] }))?.text
    expect(mail('See it', [file])).toBe('See it\n[Screen.png]')
    expect(mail('', [file])).toBe('[Screen.png]')
    expect(mail('Words', [])).toBe('Words')
  })

  it('fits the protocol at the longest that a person can type, and one that is too long is cut', () => {
    const long = openedSaid({ what: 'x'.repeat(2_000), errorText: 'e'.repeat(4_000), impact: 'i'.repeat(500) })
    const message = stated(long)
    expect(isMessage.Check(message)).toBe(true)
    expect(message?.text).toHaveLength(4_000)
    expect(message?.text.endsWith(' …')).toBe(true)
    expect(stated({ kind: 'reply', text: 'x'.repeat(4_000), attachments: [] })?.text).toBe('x'.repeat(4_000))
  })
})
