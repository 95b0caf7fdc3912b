import { readFile } from 'node:fs/promises'
import type { Ticket } from '@askfirst/server/store/entities.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { addTicket, finding, freshId, logDraft } from '../support/store-records.ts'

const program = findShell()
const PATIENCE_MS = 120_000
const HOUR_MS = 3_600_000

describe.skipIf(program === null)('the figures, on their page', () => {
  let browser: Browser
  let desk: WebDesk
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await desk.close()
  })

  /** A ticket of some days ago: answered after an hour, resolved after some, its cause confirmed. */
  async function solved(daysAgo: number, changes: Partial<Ticket>): Promise<void> {
    const { store } = desk.server.services
    const openedMs = Date.now() - daysAgo * 24 * HOUR_MS
    const after = (hours: number) => new Date(openedMs + hours * HOUR_MS).toISOString()
    const ticket = await addTicket(store, { createdAt: after(0), updatedAt: after(0), ...changes })
    await store.log.append({ ...logDraft(ticket.id, 'message.sent'), at: after(1) })
    const body = { changes: { state: { from: 'new', to: 'resolved' } } }
    const draft = { ...logDraft(ticket.id, 'ticket.changed', body), at: after(daysAgo) }
    await store.tickets.change(ticket.id, 1, { state: 'resolved', updatedAt: after(daysAgo) }, draft)
    const found = finding(ticket.id, '/')
    await store.findings.add([found], [logDraft(ticket.id, 'finding.added')])
    await store.findings.judge(found.id, 'confirmed', freshId('usr'), 'seen', logDraft(ticket.id, 'finding.judged'))
  }

  it('are plots with numbers, meaning and a file each, for a period', { timeout: PATIENCE_MS }, async () => {
    for (const [at, priority] of [2, 3, 3, 4, 1].entries()) await solved(at * 2 + 1, { priority })
    const now = new Date().toISOString()
    await addTicket(desk.server.services.store, { priority: 2, level: 2, createdAt: now, updatedAt: now })
    const lea = await desk.user('lead', 'Lea')
    const { page, troubles } = await desk.open(browser, lea, { path: '/figures' })
    const open = page.getByRole('region', { name: 'Open now', exact: true })
    await open.getByText('1 ticket').waitFor()
    expect(await open.getByRole('row', { name: 'P2 High 0 1 0' }).count()).toBe(1)
    await page.getByRole('img', { name: '6 tickets opened and 5 resolved over these days' }).waitFor()
    const contact = page.getByRole('region', { name: 'First-contact resolution' })
    await contact.getByText('5 of 5 tickets resolved').waitFor()
    await contact.getByText('How is this counted?').click()
    await contact.getByText('at most one technician worked on').waitFor()
    await page.getByText('Volume nearly full').waitFor()
    expect(await lookAt(page, 'figures')).toEqual([])

    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'CSV: Most frequent causes' }).click()
    const file = await downloading
    expect(await readFile(await file.path(), 'utf8')).toContain(',disk.full,tickets,5')

    await page.getByRole('button', { name: '7 days' }).click()
    await page.getByLabel('From', { exact: true }).fill('2020-01-01')
    await page.getByLabel('To', { exact: true }).fill('2020-01-02')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.getByText('No finding was confirmed.').waitFor()
    expect(troubles.list).toEqual([])
  })

  it('are for leads, admins and auditors', async () => {
    const tess = await desk.user('technician', 'Tess')
    const { page } = await desk.open(browser, tess, { path: '/figures' })
    await page.getByText('There is nothing here for you').waitFor()
    expect(await page.getByRole('link', { name: 'Figures' }).count()).toBe(0)
  })
})
