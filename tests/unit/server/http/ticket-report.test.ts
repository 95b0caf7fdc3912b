import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { runCli } from '@askfirst/server/cli/program.ts'
import { FILES } from '@askfirst/server/export/bundle-format.ts'
import type { VerifyReport } from '@askfirst/server/export/verify-report.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putStatement, statementOf } from '../../../support/person-records.ts'
import { filesOf } from '../../../support/sealed-bundle.ts'
import { freshId, logDraft } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let headers: { authorization: string }
let deviceId: DeviceId
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-report-'))
  server = await startTestApp()
  await makeUser(server, 'admin')
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  deviceId = await makeDevice(server)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

async function aTicket(): Promise<TicketId> {
  const ticketId = freshId('tkt')
  await putStatement(server.store, statementOf({ ticketId, deviceId }, { kind: 'opened' }))
  await server.store.log.append(logDraft(ticketId, 'note.added', { text: 'zebranote' }))
  return ticketId
}
const report = (id: string, query = '') => server.app.inject({ url: `/api/tickets/${id}/report${query}`, headers })
const audited = async () => {
  const entries = await server.store.audit.read(0, 500, { action: 'ticket.reported' })
  return entries.map(({ subject, detail }) => [subject, detail])
}

/** `askfirst-server verify` of a fresh export with a witness's note. */
async function verify(id: TicketId, note: string): Promise<VerifyReport> {
  const file = join(folder, 'bundle.zip')
  await writeFile(file, (await server.services.exports.bundle(id, SYSTEM_ACTOR)).bytes)
  const printed: string[] = []
  const output = { out: (text: string) => void printed.push(text), err: () => undefined }
  const environment = { ASKFIRST_SERVER_DATA_DIR: folder }
  const args = ['verify', file, '--witness', note, '--json']
  await runCli({ args, environment, stdin: process.stdin, version: '1.2.3' }, output)
  return JSON.parse(printed.join('')) as VerifyReport // The command's own form.
}

describe('the report of a ticket', () => {
  test('is a page that may do nothing but look as it does', async () => {
    const id = await aTicket()
    const answer = await report(id)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.headers['content-disposition']).toMatch(/^inline; filename="askfirst-ticket-\d+-internal\.html"$/)
    const policy = String(answer.headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; .*frame-ancestors 'none'; sandbox/)
    expect(policy).not.toMatch(/unsafe|script/)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.body).toContain('zebranote')
    expect(answer.body).not.toContain('<script')
  })

  test('is a PDF to keep, in either edition', async () => {
    const id = await aTicket()
    for (const edition of ['internal', 'customer']) {
      const answer = await report(id, `?edition=${edition}&format=pdf`)
      expect(answer.headers['content-type']).toBe('application/pdf')
      expect(answer.headers['content-disposition']).toMatch(new RegExp(`^attachment; filename=".*-${edition}\\.pdf"$`))
      expect(answer.rawPayload.toString('latin1')).toMatch(/^%PDF-1\.7[\s\S]*%%EOF\s*$/)
    }
  })

  test('leaves the notes out for the person', async () => {
    const answer = await report(await aTicket(), '?edition=customer')
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toContain('Everything that happened')
    expect(answer.body).not.toContain('zebranote')
  })

  test('stands in the audit log each time, and not when there is none', async () => {
    const id = await aTicket()
    const before = await audited()
    await report(id, '?edition=customer&format=pdf')
    expect((await report(freshId('tkt'))).statusCode).toBe(404)
    expect(await audited()).toEqual([...before, [id, { edition: 'customer', format: 'pdf', entries: 3 }]])
  })

  test('has a hand-over once somebody asked for an escalation, and a post-mortem when it is over as well', async () => {
    const payload = { title: 'No sound', requesterName: 'Kim' }
    const opened = await server.app.inject({ method: 'POST', url: '/api/tickets', headers, payload })
    const { id } = opened.json<{ id: TicketId }>()
    const before = await audited()
    for (const [edition, words] of [
      ['handover', 'was never escalated'],
      ['postmortem', 'is not resolved'],
    ] as const) {
      const refused = await report(id, `?edition=${edition}`)
      expect(refused.statusCode).toBe(409)
      expect(refused.json()).toMatchObject({ code: 'CONFLICT', detail: expect.stringContaining(words) })
    }
    expect(await audited()).toEqual(before)

    const wish = { toLevel: 2, criterion: 'lacks-privilege', summary: 'gulls all around' }
    const asked = await server.app.inject({
      ...{ method: 'POST', url: `/api/tickets/${id}/escalations`, headers, payload: wish },
    })
    expect(asked.statusCode).toBe(201)
    const handover = await report(id, '?edition=handover')
    expect(handover.headers['content-disposition']).toMatch(/askfirst-ticket-\d+-handover\.html"$/)
    expect(handover.body).toContain('gulls all around')
    expect(handover.body).toContain('waits for an answer')
    const { version } = (await server.app.inject({ url: `/api/tickets/${id}`, headers })).json<{ version: number }>()
    const resolve = {
      method: 'PATCH',
      url: `/api/tickets/${id}`,
      headers,
      payload: { version, state: 'resolved' },
    } as const
    expect((await server.app.inject(resolve)).statusCode).toBe(200)
    const pdf = await report(id, '?edition=postmortem&format=pdf')
    expect(pdf.rawPayload.toString('latin1')).toMatch(/^%PDF-1\.7[\s\S]*%%EOF\s*$/)
    expect(await audited()).toHaveLength(before.length + 2)
  })

  test('is refused in other editions and forms, and to whoever has not signed in', async () => {
    const id = await aTicket()
    for (const query of ['?edition=press', '?format=docx', '?edition=internal&extra=1'])
      expect((await report(id, query)).json()).toMatchObject({ code: 'INVALID_REQUEST' })
    expect((await server.app.inject({ url: `/api/tickets/${id}/report` })).statusCode).toBe(401)
  })

  test('carries a checkpoint that a later export must continue, on the command line too', async () => {
    const payload = { title: 'No sound', requesterName: 'Kim' }
    const opened = await server.app.inject({ method: 'POST', url: '/api/tickets', headers, payload })
    const { id } = opened.json<{ id: TicketId }>()
    const note = join(folder, 'note.txt')
    // As somebody copies it out of the page: without the last line end, with those of another system.
    const [, checkpoint = ''] =
      /id="verification"[\s\S]*<blockquote dir="auto">([^<]*)<\/blockquote>/.exec((await report(id)).body) ?? []
    await writeFile(note, checkpoint.replaceAll('\n', '\r\n'))
    await server.store.log.append(logDraft(id, 'note.added', { text: 'later' }))
    expect(await verify(id, note)).toMatchObject({ ok: true, entries: 2, problems: [] })
    const { problems } = await verify(await aTicket(), note)
    expect(problems.map(({ text }) => text)).toContain("The witness's checkpoint belongs to another log.")
  })
})

test('an export holds both forms of the edition for the desk', async () => {
  const files = filesOf((await server.services.exports.bundle(await aTicket(), SYSTEM_ACTOR)).bytes)
  expect(Buffer.from(files.get(FILES.report) ?? '').toString('utf8')).toContain('zebranote')
  expect(Buffer.from(files.get(FILES.reportPdf) ?? '').toString('latin1')).toMatch(/^%PDF-1\.7/)
})
