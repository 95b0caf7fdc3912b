import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import type { MailedFile, Receiving } from '@askfirst/server/store/mail-store.ts'
import type { PersonKey } from '@askfirst/server/store/people-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { fileRef, PNG, putStatement, statementOf } from '../../support/person-records.ts'
import type { Scene } from '../../support/store-records.ts'
import {
  AT,
  addScene,
  addTicket,
  auditDraft,
  closingOf,
  freshId,
  LATER,
  logDraft,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const BEFORE = '2026-11-22T02:00:00.000Z'
const CLOSED_AT = '2026-11-22T06:00:00.000Z'
const AFTER = '2026-11-22T07:00:00.000Z'
const SENDER = 'kim@home.example'
const KIM: readonly PersonKey[] = [{ kind: 'address', address: SENDER }]
const TEXT = Buffer.from('It says walnut.')

describeStores('files that come by mail', ({ newStore }) => {
  let store: Store
  let scene: Scene
  let count = 0
  beforeEach(async () => {
    store = await newStore()
    scene = await addScene(store)
  }, 60_000)

  function mailOf(contents: readonly Buffer[], more: Partial<Receiving> & { sender?: string; ticketId?: string } = {}) {
    count += 1
    const { sender = SENDER, ...rest } = more
    const messageId = `${count}@home.example`
    const ticketId = scene.ticket.id
    const files = contents.map((content): MailedFile => {
      const ref = fileRef(content, { name: 'walnut.png' })
      const log = logDraft(ticketId, 'attachment.stored', { messageId, ...ref })
      return { ...ref, content: new Uint8Array(content), log }
    })
    const named = files.map(({ content: _content, log: _log, ...ref }) => ref)
    return {
      mail: { messageId, sender, at: AT },
      log: logDraft(ticketId, 'mail.received', { from: sender, messageId, text: 'Walnut', files: named }),
      bound: { since: BEFORE, most: 9 },
      fileBound: { since: BEFORE, ofSender: 1_000, ofAll: 2_000 },
      files,
      ...rest,
    } satisfies Receiving
  }
  const filesIn = () => store.attachments.listForTicket(scene.ticket.id)
  const kinds = async () => (await store.log.read(scene.ticket.id, 0, 100)).map(({ kind }) => kind)
  const close = () => store.tickets.close(closingOf(scene.ticket.id, { at: CLOSED_AT, version: 1 }))

  test('[T70] are whole when their mail is taken, and are not doubled when it is brought again', async () => {
    const mail = mailOf([PNG, TEXT])
    const outcomes = await Promise.all([1, 2].map(() => store.mail.receive(mail)))
    expect(outcomes.sort()).toEqual(['known', 'recorded'])
    expect(await store.mail.receive(mail)).toBe('known')
    const of = { ticketId: scene.ticket.id, statementId: null, deviceId: null, sender: SENDER, endedAt: AT }
    expect(await filesIn()).toMatchObject([
      { ...of, state: 'complete', bytes: PNG.length, received: PNG.length, name: 'walnut.png' },
      { ...of, state: 'complete', bytes: TEXT.length, received: TEXT.length },
    ])
    const [, second] = mail.files
    expect(Buffer.from(await store.attachments.content(second?.attachmentId ?? freshId('att')))).toEqual(TEXT)
    expect((await kinds()).slice(-3)).toEqual(['mail.received', 'attachment.stored', 'attachment.stored'])
    expect(await store.attachments.figures()).toEqual({ wanted: 0, bytes: PNG.length + TEXT.length })
    expect((await checkIntegrity(store)).problems).toEqual([])
  })

  test('[T70] come with the words and what these do to the ticket, or none of it does', async () => {
    const before = await kinds()
    const [first] = mailOf([PNG]).files
    if (first === undefined) throw new Error('There is no file')
    await expect(store.mail.receive(mailOf([TEXT], { files: [first, first] }))).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    const columns = { state: 'open', updatedAt: LATER } as const
    const change = { version: 9, columns, log: logDraft(scene.ticket.id, 'ticket.changed', {}) }
    const mail = mailOf([PNG], { change })
    await expect(store.mail.receive(mail)).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await kinds()).toEqual(before)
    expect(await filesIn()).toEqual([])
    expect(await store.mail.threadOf([mail.mail.messageId])).toBeNull()
  })

  test('[T70] are bounded by bytes of a sender and of all within a time, and nothing is taken beyond', async () => {
    const bound = (ofSender: number, ofAll: number, since = BEFORE) => ({ fileBound: { since, ofSender, ofAll } })
    const [one, two] = [PNG.length, PNG.length * 2]
    expect(await store.mail.receive(mailOf([PNG], bound(one - 1, two)))).toBe('no-room')
    expect(await kinds()).not.toContain('mail.received')
    expect(await store.mail.receive(mailOf([PNG], bound(one, one)))).toBe('recorded')
    expect(await store.mail.receive(mailOf([PNG], bound(two - 1, 9_999)))).toBe('no-room')
    expect(await store.mail.receive(mailOf([PNG], { ...bound(two, two - 1), sender: 'else@home.example' }))).toBe(
      'no-room',
    )
    expect(await store.mail.receive(mailOf([PNG], { ...bound(one, two), sender: 'else@home.example' }))).toBe(
      'recorded',
    )
    expect(await store.mail.receive(mailOf([], bound(0, 0)))).toBe('recorded')
    expect(await store.mail.receive(mailOf([PNG], bound(one, one, LATER)))).toBe('recorded')
  })

  test('age out with their ticket', async () => {
    const mail = mailOf([PNG])
    await store.mail.receive(mail)
    await close()
    const log = { ...logDraft(scene.ticket.id, 'retention.aged-out', { closedDays: 1 }), at: AFTER }
    expect(await store.retention.ageOut(scene.ticket.id, AFTER, log)).toMatchObject({ files: 1, bytes: PNG.length })
    const [file] = await filesIn()
    expect(file).toMatchObject({ state: 'deleted', sender: SENDER })
    expect((await store.attachments.content(file?.id ?? freshId('att'))).byteLength).toBe(0)
    expect((await checkIntegrity(store)).problems).toEqual([])
  })

  test('[G11] are erased with their sender, in their ticket and in that of somebody else', async () => {
    const { ticket, device } = scene
    await putStatement(
      store,
      statementOf({ ticketId: ticket.id, deviceId: device.id }, { attachments: [fileRef(PNG)] }),
    )
    await store.mail.receive(mailOf([PNG]))
    await store.mail.receive(mailOf([TEXT], { sender: 'else@home.example' }))
    await close()
    expect(await store.people.holdings(ticket.id, KIM)).toMatchObject({ files: 1, bytes: PNG.length, mails: 1 })
    const id = freshId('era')
    const timer = { key: `erasure/${id}`, kind: 'person.erase', ticketId: null, dueAt: LATER, body: { erasureId: id } }
    const by = { kind: 'user', id: 'usr_1', name: 'Ada' } as const
    await store.people.begin({ id, person: KIM, reason: 'Asked', by, at: LATER }, timer, auditDraft())
    const log = { ...logDraft(ticket.id, 'person.erased', { reason: 'Asked' }), at: LATER }
    expect(await store.people.eraseTicket(id, ticket.id, log)).toMatchObject({
      outcome: 'erased',
      counts: { files: 1 },
    })
    const [stated, own, others] = await filesIn()
    expect(own).toMatchObject({ state: 'deleted', name: 'erased', sender: 'erased' })
    expect(stated).toMatchObject({ state: 'wanted', name: 'Screenshot.png' })
    expect(others).toMatchObject({ state: 'complete', name: 'walnut.png', sender: 'else@home.example' })
    const entries = await store.log.read(ticket.id, 0, 100)
    expect(JSON.stringify(entries)).not.toContain(SENDER)
    expect((await checkIntegrity(store)).problems).toEqual([])

    const theirs = await addTicket(store, { requesterName: 'Kim', requesterEmail: SENDER })
    scene = { ...scene, ticket: theirs }
    await store.mail.receive(mailOf([PNG]))
    await store.mail.receive(mailOf([TEXT], { sender: 'boss@home.example' }))
    await close()
    const whole = { ...logDraft(theirs.id, 'person.erased', { reason: 'Asked' }), at: LATER }
    expect(await store.people.eraseTicket(id, theirs.id, whole)).toMatchObject({ counts: { files: 2 } })
    const left = JSON.stringify([await filesIn(), await store.log.read(theirs.id, 0, 100)])
    expect(left).not.toMatch(/walnut|home\.example/i)
    expect((await checkIntegrity(store)).problems).toEqual([])
  })
})
