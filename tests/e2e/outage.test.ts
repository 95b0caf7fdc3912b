import { createHash } from 'node:crypto'
import type { RunId, TicketId } from '@askfirst/protocol/ids.ts'
import { askText } from '@askfirst/protocol/ticket-ask.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, startChromium } from '../support/browser/chromium.ts'
import type { DeskClient } from '../support/browser/desk-client.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { openedSaid } from '../support/person-records.ts'
import { hasPoppler, pdfText } from '../support/poppler.ts'
import { openTicket, state, statement } from '../support/scripted-person.ts'

const program = findChromium()
const PATIENCE_MS = 120_000
const BUSY = { timeout: 30_000 } as const
/** One minute more than level 1 may work on a ticket. */
const LATE_MS = 31 * 60_000
const FULL = { mount: '/', kind: 'fixed', usedPercent: 99, sizeBytes: 100, availableBytes: 1 }
const EMPTIED = { ...FULL, usedPercent: 40, availableBytes: 60 }

describe.skipIf(program === null || !hasPoppler())('an outage', () => {
  let behindMs = LATE_MS
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  let identity: Awaited<ReturnType<typeof DeskDevice.enrol>>
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start({}, { clock: { now: () => Date.now() - behindMs } })
    identity = await DeskDevice.enrol(desk, 'print-server')
    device = await DeskDevice.connect(identity)
  }, 60_000)
  afterAll(async () => {
    device.close()
    await browser.close()
    await desk.close()
  })

  /** Half an hour of work passes, and the server looks at its timers. It takes the device for gone, which comes back. */
  async function timePasses(): Promise<void> {
    device.close()
    behindMs = 0
    desk.server.services.bus.publish({ topic: 'timers', kind: 'timer', id: 'any' })
    device = await DeskDevice.connect(identity)
  }

  /** Reads the drives under a permission that the person gives. */
  async function readDrives(client: DeskClient, ticketId: TicketId, row: object): Promise<RunId> {
    const path = `/api/tickets/${ticketId}`
    const { items } = await client.call<{
      items: { grant: { grantId: string } | null; grantEndedAt: string | null }[]
    }>('GET', `${path}/consent-requests`)
    const grantId = items.find(({ grant, grantEndedAt }) => grant !== null && grantEndedAt === null)?.grant?.grantId
    await client.call('POST', `${path}/runs`, { grantId, runs: [{ collector: 'disk.space' }] })
    const start = await device.agent.next('run.start')
    device.accept(start, [row])
    await device.end(start.runId, [row])
    return start.runId
  }

  /** The person says yes to what they were asked last. */
  async function agree(client: DeskClient, ticketId: TicketId): Promise<void> {
    const { items } = await client.call<{ items: { id: string }[] }>('GET', `/api/tickets/${ticketId}/asks`)
    const ask = (await desk.server.services.store.asks.listForTicket(ticketId)).at(-1)?.ask
    if (ask === undefined) throw new Error('Nothing was asked')
    expect(items).toHaveLength(1)
    const askSha256 = createHash('sha256').update(askText(ask)).digest('hex')
    const said = { kind: 'decided', askId: ask.askId, askSha256, choice: 'approved' } as const
    expect(await state(device.agent, statement(device.agent, said, { ticketId }))).toMatchObject({
      outcome: 'recorded',
    })
  }

  it('breaches the 30 minutes, goes up to level 3, is mended with the person’s yes, verified, confirmed and closed', {
    timeout: PATIENCE_MS,
  }, async () => {
    const [tess, sam] = [await desk.user('technician', 'Tess First'), await desk.user('technician', 'Sam Second')]
    const lea = await desk.user('lead', 'Lea Lead')
    const { services } = desk.server
    const said = openedSaid({ title: 'Nobody can print', hindrance: 'cannot-work', affected: 'many' })
    const ticketId = await openTicket(device.agent, said)
    const actor = { kind: 'user', id: tess.id, name: tess.name } as const
    const taken = { version: 1, change: { state: 'open', assigneeId: tess.id } } as const
    expect(await services.tickets.change(ticketId, taken, actor)).toMatchObject({ priority: 1, level: 1 })
    await timePasses()

    const path = `/tickets/${ticketId}`
    const second = await desk.open(browser, sam, { path })
    await second.page.getByRole('button', { name: 'Accept and take over' }).click(BUSY)
    await second.page.getByText('took the ticket over at level 2').first().waitFor(BUSY)
    await second.page.getByRole('button', { name: 'Escalate', exact: true }).click()
    await second.page.getByLabel('Why', { exact: true }).selectOption('outage')
    await second.page.getByLabel('Whom', { exact: true }).selectOption(lea.id)
    await second.page.getByRole('button', { name: 'Ask, and tell the person' }).click()
    const third = await desk.open(browser, lea, { path })
    await third.page.getByRole('button', { name: 'Accept and take over' }).click(BUSY)
    await third.page.getByText('took the ticket over at level 3').first().waitFor(BUSY)

    const client = await desk.client(lea)
    const asking = { deviceId: device.id, purpose: 'To see why nothing prints', collectors: [{ id: 'disk.space' }] }
    await client.call('POST', `/api${path}/consent-requests`, asking)
    await device.allow(await device.shown())
    const beforeRunId = await readDrives(client, ticketId, FULL)
    await decide(client, ticketId)
    await third.page.getByText('they agree', { exact: true }).waitFor(BUSY)
    const afterRunId = await readDrives(client, ticketId, EMPTIED)
    // Rows can be compared once they can be read, which is a moment after the run has ended.
    const rows = async () => (await services.runs.get(afterRunId)).indexedRows
    await expect.poll(rows, BUSY).toBe(1)
    await client.call('POST', `/api${path}/method/comparisons`, { beforeRunId, afterRunId })

    await third.page.getByRole('button', { name: 'Resolve', exact: true }).click()
    await third.page
      .getByText('It is the person’s move')
      .or(third.page.getByText('Resolved').first())
      .first()
      .waitFor(BUSY)
    const fixed = statement(device.agent, { kind: 'answer', fixed: true }, { ticketId })
    expect(await state(device.agent, fixed)).toMatchObject({ outcome: 'recorded' })
    await third.page.getByText('Fixed, says the person', { exact: true }).waitFor(BUSY)
    await close(third.page)

    const text = await report(client, ticketId)
    for (const told of [
      'took the ticket over at level 2',
      'took the ticket over at level 3',
      'Empty the spool',
      'because many people are hit',
    ])
      expect(text.replaceAll(/\s+/g, ' ')).toContain(told)
    expect(await services.store.tickets.get(ticketId)).toMatchObject({
      state: 'closed',
      closedAs: 'confirmed',
      level: 3,
    })
    const requests = await services.store.consent.listForTicket(ticketId)
    expect(requests.filter(({ grant, grantEndedAt }) => grant !== null && grantEndedAt === null)).toEqual([])
    const kinds = new Set((await services.store.log.read(ticketId, 0, 200)).map(({ kind }) => kind))
    for (const kind of ['clock.breached', 'escalation.asked', 'message.sent', 'action.judged', 'verification.recorded'])
      expect([...kinds]).toContain(kind)
    expect([...second.troubles.list, ...third.troubles.list]).toEqual([])
  })

  /** Theory, test and a major action that the person agrees to; then it is done. */
  async function decide(client: DeskClient, ticketId: TicketId): Promise<void> {
    const path = `/api/tickets/${ticketId}/method`
    await client.call('PUT', `${path}/steps/identify`, { version: 0, text: 'The print server takes no jobs' })
    const theory = { statement: 'Its drive is full', likelihood: 'high' }
    const { id: theoryId } = await client.call<{ id: string }>('POST', `${path}/theories`, theory)
    const verdict = { version: 1, verdict: 'confirmed', result: 'One part in a thousand is free' }
    await client.call('PATCH', `${path}/theories/${theoryId}`, verdict)
    const action = { what: 'Empty the spool', risk: 'high', doer: { kind: 'technician', name: 'Lea Lead' } }
    const { id } = await client.call<{ id: string }>('POST', `${path}/actions`, action)
    await client.call('POST', `${path}/actions/${id}/ask`, { version: 1 })
    await agree(client, ticketId)
    const done = { version: 3, state: 'done', before: '0.1 % free', after: '60 % free', seen: 'Jobs come out' }
    await client.call('POST', `${path}/actions/${id}/end`, done)
  }

  async function report(client: DeskClient, ticketId: TicketId): Promise<string> {
    const answer = await client.file(`/api/tickets/${ticketId}/report?edition=internal&format=pdf`)
    return pdfText(answer)
  }
})

async function close(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close …', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Close the ticket' }).click()
  await page.getByText('Closed: the person says that it is fixed.').first().waitFor(BUSY)
}
