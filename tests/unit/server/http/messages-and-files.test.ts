import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { AttachmentRef } from '@askfirst/protocol/statement-record.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileRef, PNG, putStatement, statementOf } from '../../../support/person-records.ts'
import { freshId, logDraft } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
let deviceId: DeviceId
beforeAll(async () => {
  server = await startTestApp()
  await makeUser(server, 'admin')
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  deviceId = await makeDevice(server)
})
afterAll(() => server.close())

async function personsTicket(files: readonly AttachmentRef[] = []): Promise<TicketId> {
  const ticketId = freshId('tkt')
  await putStatement(server.store, statementOf({ ticketId, deviceId }, { kind: 'opened', attachments: files }))
  return ticketId
}
const send = (id: string, payload: object) =>
  server.app.inject({ method: 'POST', url: `/api/tickets/${id}/messages`, headers, payload })
const download = (id: string) => server.app.inject({ url: `/api/attachments/${id}/content`, headers })

async function putBytes(file: AttachmentRef, ticketId: TicketId, bytes: Uint8Array): Promise<void> {
  const log = logDraft(ticketId, 'attachment.stored', { attachmentId: file.attachmentId })
  const end = { at: new Date(server.clock.now()).toISOString(), log }
  await server.store.attachments.complete(file.attachmentId, { offset: 0, bytes }, end)
}

describe('a message to the person', () => {
  test('stands in the log with its author, and readers of the ticket are told', async () => {
    const id = await personsTicket()
    const kinds: string[] = []
    const end = server.bus.subscribe(`ticket/${id}`, ({ kind }) => void kinds.push(kind))
    const answer = await send(id, { text: 'Please restart it' })
    end()
    expect(answer.statusCode).toBe(201)
    expect(answer.json()).toMatchObject({
      kind: 'message.sent',
      body: { text: 'Please restart it' },
      actor: { kind: 'user', name: 'Test technician' },
    })
    expect(kinds).toEqual(['message', 'log'])
  })

  test('has 1 to 4,000 characters', async () => {
    const id = await personsTicket()
    expect((await send(id, { text: 'x'.repeat(4_000) })).statusCode).toBe(201)
    for (const text of ['', 'x'.repeat(4_001)])
      expect((await send(id, { text })).json()).toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('is refused for a closed ticket and for one that is not there', async () => {
    const id = await personsTicket()
    const payload = { version: 1, as: 'withdrawn', reason: 'it works again' }
    await server.app.inject({ method: 'POST', url: `/api/tickets/${id}/close`, headers, payload })
    expect((await send(id, { text: 'Hello?' })).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await send(freshId('tkt'), { text: 'Hello?' })).statusCode).toBe(404)
  })
})

describe('a file of the person', () => {
  test('is listed while it comes, and is there for download when it is whole', async () => {
    const file = fileRef(PNG)
    const id = await personsTicket([file])
    const list = async () => (await server.app.inject({ url: `/api/tickets/${id}/attachments`, headers })).json()
    const { attachmentId, ...said } = file
    expect(await list()).toMatchObject({ items: [{ id: attachmentId, ...said, state: 'wanted', received: 0 }] })
    expect((await download(attachmentId)).statusCode).toBe(404)
    await putBytes(file, id, PNG)
    expect(await list()).toMatchObject({ items: [{ id: attachmentId, state: 'complete', received: PNG.length }] })
    const answer = await download(attachmentId)
    expect(answer.statusCode).toBe(200)
    expect(answer.rawPayload.equals(PNG)).toBe(true)
    const audit = await server.store.audit.read(0, 10, { action: 'attachment.downloaded' })
    expect(audit).toMatchObject([
      { subject: attachmentId, actor: { name: 'Test technician' }, detail: { ticketId: id, bytes: PNG.length } },
    ])
  })

  test('[P5] is a download that no browser runs, whatever the device called it', async () => {
    const html = Buffer.from('<script>alert(1)</script>')
    const names = ['../../etc/"passwd".html', 'a\r\nset-cookie: x=1', 'C:\\Windows\\Bild ä.svg', '..', 'ok.txt']
    for (const name of names) {
      const file = fileRef(html, { name, mediaType: 'text/plain' })
      await putBytes(file, await personsTicket([file]), html)
      const answer = await download(file.attachmentId)
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      })
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="[A-Za-z0-9_][A-Za-z0-9 _-]*\.txt"$/)
    }
    const picture = fileRef(PNG)
    await putBytes(picture, await personsTicket([picture]), PNG)
    expect((await download(picture.attachmentId)).headers).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'attachment; filename="Screenshot.png"',
    })
  })

  test('of a ticket or with an id that is not there is not found', async () => {
    const unknown = await server.app.inject({ url: `/api/tickets/${freshId('tkt')}/attachments`, headers })
    expect(unknown.statusCode).toBe(404)
    expect((await download(freshId('att'))).statusCode).toBe(404)
  })
})

test("the person's answer shows in the ticket and in the list, and is null for a new ticket", async () => {
  const id = await personsTicket()
  const read = async () => (await server.app.inject({ url: `/api/tickets/${id}`, headers })).json()
  expect(await read()).toMatchObject({ confirmed: null })
  const change = { state: 'resolved', confirmed: true, updatedAt: '2026-03-02T10:00:00.000Z' } as const
  await server.store.tickets.change(id, 1, change, logDraft(id, 'ticket.changed', {}))
  expect(await read()).toMatchObject({ state: 'resolved', confirmed: true })
  const list = await server.app.inject({ url: '/api/tickets?state=resolved', headers })
  expect(list.json()).toMatchObject({ items: [{ id, confirmed: true }] })
  const payload = { version: 2, state: 'open' }
  await server.app.inject({ method: 'PATCH', url: `/api/tickets/${id}`, headers, payload })
  expect(await read()).toMatchObject({ state: 'open', confirmed: null })
})
