import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import type { Attachment, Statement, StatementBounds } from '@askfirst/server/store/person-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fileRef, PNG, putStatement, statementOf, WIDE_BOUNDS } from '../../support/person-records.ts'
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
  sha,
  user,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const BEFORE = '2026-11-22T02:00:00.000Z'

describeStores('what people state', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeAll(async () => {
    store = await newStore()
  }, 60_000)
  beforeEach(async () => {
    scene = await addScene(store)
  })
  const of = () => ({ ticketId: scene.ticket.id, deviceId: scene.device.id })
  const kinds = async (id = scene.ticket.id) => (await store.log.read(id, 0, 100)).map(({ kind }) => kind)

  describe('a statement', () => {
    test('[P2] is recorded once, with its entry; other words under its id are refused', async () => {
      const statement = statementOf(of(), { attachments: [fileRef(PNG)] })
      expect(await putStatement(store, statement)).toBe('recorded')
      expect(await putStatement(store, statement)).toBe('known')
      expect(await store.statements.get(statement.id)).toEqual(statement)
      expect(await store.statements.get(freshId('stm'))).toBeNull()
      expect((await kinds()).filter((kind) => kind === 'person.stated')).toHaveLength(1)
      await expect(putStatement(store, { ...statement, jwsSha256: sha('other') })).rejects.toMatchObject({
        code: 'CONFLICT',
      })
      const other = await addScene(store)
      await expect(putStatement(store, { ...statement, deviceId: other.device.id })).rejects.toMatchObject({
        code: 'CONFLICT',
      })
    })

    test('sent twice at once is recorded once', async () => {
      const statement = statementOf(of())
      const outcomes = await Promise.all([putStatement(store, statement), putStatement(store, statement)])
      expect(outcomes.sort()).toEqual(['known', 'recorded'])
      expect((await kinds()).filter((kind) => kind === 'person.stated')).toHaveLength(1)
    })

    test('[P2] brings its ticket in the same transaction, and a ticket id stands for one ticket', async () => {
      const ticketId = freshId('tkt')
      const opened = statementOf({ ...of(), ticketId }, { kind: 'opened' })
      expect(await putStatement(store, opened)).toBe('recorded')
      expect(await store.tickets.get(ticketId)).toMatchObject({ openedBy: 'requester', version: 1, confirmed: null })
      expect(await kinds(ticketId)).toEqual(['ticket.opened', 'person.stated'])
      expect(await store.statements.openedAt(ticketId, scene.device.id)).toEqual({ at: AT, osUser: 'rae' })
      expect(await store.statements.openedAt(scene.ticket.id, scene.device.id)).toBeNull()
      expect(await store.statements.openedAt(ticketId, (await addScene(store)).device.id)).toBeNull()
      const again = statementOf({ ...of(), ticketId }, { kind: 'opened' })
      await expect(putStatement(store, again)).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await store.statements.get(again.id)).toBeNull()
      expect(await kinds(ticketId)).toHaveLength(2)
    })

    test('that names a file of another statement is refused whole', async () => {
      const file = fileRef(PNG)
      await putStatement(store, statementOf(of(), { attachments: [file] }))
      const second = statementOf(of(), { attachments: [fileRef(PNG), file] })
      await expect(putStatement(store, second)).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await store.attachments.listForTicket(scene.ticket.id)).toHaveLength(1)
      expect((await kinds()).filter((kind) => kind === 'person.stated')).toHaveLength(1)
    })

    test('changes its ticket only from the version that was seen, or nothing is recorded', async () => {
      const statement = statementOf(of(), { kind: 'answer' })
      const said = { statementId: statement.id, osUser: 'rae', said: { kind: 'answer', fixed: true } }
      const record = (version: number) =>
        store.statements.record({
          statement,
          bounds: WIDE_BOUNDS,
          log: logDraft(scene.ticket.id, 'person.stated', said),
          change: {
            version,
            columns: { state: 'resolved', confirmed: true, updatedAt: LATER },
            log: logDraft(scene.ticket.id, 'ticket.changed', {}),
          },
        })
      await expect(record(2)).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await store.statements.get(statement.id)).toBeNull()
      expect(await record(1)).toBe('recorded')
      expect(await store.tickets.get(scene.ticket.id)).toMatchObject({ state: 'resolved', confirmed: true, version: 2 })
      expect((await kinds()).slice(-2)).toEqual(['person.stated', 'ticket.changed'])
      expect(await record(1)).toBe('known')
    })
  })

  describe('the bounds of a device', () => {
    const withBounds = (statement: Statement, bounds: Partial<StatementBounds>) =>
      putStatement(store, statement, { ...WIDE_BOUNDS, ...bounds })

    test('[L22] hold at their number of statements, and only since an instant', async () => {
      const statements = { since: BEFORE, most: 2 }
      expect(await withBounds(statementOf(of()), { statements })).toBe('recorded')
      const second = statementOf(of())
      expect(await withBounds(second, { statements })).toBe('recorded')
      await expect(withBounds(statementOf(of()), { statements })).rejects.toMatchObject({ code: 'TOO_MANY_TICKETS' })
      expect(await withBounds(second, { statements })).toBe('known')
      expect(await withBounds(statementOf(of()), { statements: { since: AT, most: 2 } })).toBe('recorded')
      const other = await addScene(store)
      const others = statementOf({ ticketId: other.ticket.id, deviceId: other.device.id })
      expect(await withBounds(others, { statements })).toBe('recorded')
    })

    test('[L21] hold at their number of tickets that are not closed', async () => {
      const open = () => statementOf({ ...of(), ticketId: freshId('tkt') }, { kind: 'opened' })
      const [first, second] = [open(), open()]
      expect(await withBounds(first, { openTickets: 2 })).toBe('recorded')
      expect(await withBounds(second, { openTickets: 2 })).toBe('recorded')
      await expect(withBounds(open(), { openTickets: 2 })).rejects.toMatchObject({ code: 'TOO_MANY_TICKETS' })
      expect(await withBounds(statementOf({ ...of(), ticketId: first.ticketId }), { openTickets: 2 })).toBe('recorded')
      await store.tickets.close(closingOf(first.ticketId))
      expect(await withBounds(open(), { openTickets: 2 })).toBe('recorded')
    })

    test('hold at their bytes of files, also for statements that come at once', async () => {
      const fileBytes = { since: BEFORE, most: 2 * PNG.length }
      const withFile = () => statementOf(of(), { attachments: [fileRef(PNG)] })
      const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => withBounds(withFile(), { fileBytes })))
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
      expect(await withBounds(statementOf(of()), { fileBytes })).toBe('recorded')
    })
  })

  describe('a file', () => {
    const half = PNG.length - 20
    async function stated(): Promise<Attachment['id']> {
      const file = fileRef(PNG)
      await putStatement(store, statementOf(of(), { attachments: [file] }))
      return file.attachmentId
    }
    const complete = (id: Attachment['id'], offset: number, bytes: Uint8Array) =>
      store.attachments.complete(
        id,
        { offset, bytes },
        { at: LATER, log: logDraft(scene.ticket.id, 'attachment.stored', { attachmentId: id }) },
      )

    test('[P5] comes in order, each piece once, and is whole with its entry', async () => {
      const id = await stated()
      expect(await store.devices.waiting(scene.device.id, LATER)).toMatchObject({ attachments: true })
      expect(await store.attachments.get(id)).toMatchObject({ ...of(), state: 'wanted', received: 0, endedAt: null })
      expect(await store.attachments.append(id, 5, PNG.subarray(5, half))).toBeNull()
      expect(await store.attachments.append(id, 0, PNG.subarray(0, half))).toMatchObject({ received: half })
      expect(await store.attachments.append(id, 0, PNG.subarray(0, half))).toBeNull()
      expect(await store.attachments.append(id, half, new Uint8Array())).toBeNull()
      expect(await store.attachments.append(id, half, PNG.subarray(half))).toBeNull()
      expect(await complete(id, half, PNG.subarray(half, -1))).toBeNull()
      expect(await complete(id, half, PNG.subarray(half))).toMatchObject({ state: 'complete', endedAt: LATER })
      expect(await complete(id, half, PNG.subarray(half))).toBeNull()
      expect(Buffer.from(await store.attachments.content(id)).equals(PNG)).toBe(true)
      expect(await kinds()).toContain('attachment.stored')
      expect(await store.attachments.refuse(id, LATER)).toBeNull()
      expect(await store.devices.waiting(scene.device.id, LATER)).toMatchObject({ attachments: false })
    })

    test('is counted, and found by the check of the store when it differs from its hash', async () => {
      const before = await store.attachments.figures()
      const [good, bad] = [await stated(), await stated()]
      expect(await store.attachments.figures()).toEqual({ ...before, wanted: before.wanted + 2 })
      await complete(good, 0, PNG)
      const { files, problems } = await checkIntegrity(store)
      expect(problems).toEqual([])
      await complete(bad, 0, Buffer.alloc(PNG.length, 7))
      expect(await store.attachments.figures()).toEqual({ ...before, bytes: before.bytes + 2 * PNG.length })
      expect(await checkIntegrity(store)).toMatchObject({
        files: files + 1,
        problems: [`The file ${bad} does not match its hash`],
      })
    })

    test('that is refused loses its bytes and is not wanted again', async () => {
      const id = await stated()
      await store.attachments.append(id, 0, PNG.subarray(0, half))
      expect(await store.attachments.refuse(id, LATER)).toMatchObject({ state: 'refused', received: 0, endedAt: LATER })
      expect(await store.attachments.refuse(id, LATER)).toBeNull()
      expect((await store.attachments.content(id)).byteLength).toBe(0)
      expect(await store.attachments.append(id, 0, PNG.subarray(0, half))).toBeNull()
      expect(await store.attachments.wantedOf(scene.device.id, 10)).toEqual([])
      expect(await kinds()).not.toContain('attachment.stored')
    })

    test('of two pieces for one place one is stored', async () => {
      const id = await stated()
      const piece = PNG.subarray(0, half)
      const both = await Promise.all([store.attachments.append(id, 0, piece), store.attachments.append(id, 0, piece)])
      expect(both.filter((outcome) => outcome === null)).toHaveLength(1)
      expect((await store.attachments.content(id)).byteLength).toBe(half)
    })

    test('is listed by ticket, by statement and while it is wanted, the oldest first', async () => {
      const files = [fileRef(PNG), fileRef(PNG, { name: 'log.txt', mediaType: 'text/plain' })]
      const statement = statementOf(of(), { attachments: files })
      await putStatement(store, statement)
      const ids = files.map(({ attachmentId }) => attachmentId)
      const later = await stated()
      const idsOf = (list: readonly Attachment[]) => list.map(({ id }) => id)
      expect(idsOf(await store.attachments.listForTicket(scene.ticket.id))).toEqual([...ids, later])
      expect(idsOf(await store.attachments.listForStatement(statement.id))).toEqual(ids)
      expect(idsOf(await store.attachments.wantedOf(scene.device.id, 2))).toEqual(ids)
      expect(await store.attachments.listForTicket(freshId('tkt'))).toEqual([])
      expect(await store.attachments.get(freshId('att'))).toBeNull()
    })
  })

  describe('a ticket that its person follows', () => {
    test('knows its last message, and notes and answers without words are none', async () => {
      const { id } = scene.ticket
      const last = async () => (await store.tickets.followed(id))?.lastMessage
      expect(await last()).toBe(0)
      await store.log.append(logDraft(id, 'note.added'))
      await putStatement(store, statementOf(of(), { kind: 'answer' }))
      expect(await last()).toBe(0)
      await putStatement(store, statementOf(of()))
      expect(await last()).toBe(5)
      await store.log.append(logDraft(id, 'message.sent', { text: 'Try again' }))
      await store.log.append(logDraft(id, 'note.added'))
      expect(await last()).toBe(6)
      const seqs = (await store.log.conversation(id, 4, 10)).map(({ seq, kind }) => [seq, kind])
      expect(seqs).toEqual([
        [5, 'person.stated'],
        [6, 'message.sent'],
      ])
      expect(await store.log.conversation(id, 0, 1)).toHaveLength(1)
      expect(await store.tickets.followed(freshId('tkt'))).toBeNull()
    })

    test('is listed for its device while it is not closed or closed lately, with who works on it', async () => {
      const worker = user()
      await store.users.create(worker, auditDraft())
      const deviceIds = [scene.device.id]
      const [old, lately] = [await addTicket(store, { deviceIds }), await addTicket(store, { deviceIds })]
      await addTicket(store)
      const close = (id: typeof old.id, at: string) => store.tickets.close(closingOf(id, { at }))
      await close(old.id, BEFORE)
      await close(lately.id, LATER)
      const taken = { assigneeId: worker.id, updatedAt: AT }
      await store.tickets.change(scene.ticket.id, 1, taken, logDraft(scene.ticket.id, 'ticket.changed', {}))
      const followed = await store.tickets.followedBy(scene.device.id, AT, 10)
      expect(followed.map(({ ticket, assigneeName }) => [ticket.id, assigneeName])).toEqual([
        [lately.id, null],
        [scene.ticket.id, worker.name],
      ])
      expect(await store.tickets.followedBy(scene.device.id, AT, 1)).toHaveLength(1)
    })
  })
})
