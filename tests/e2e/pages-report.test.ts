import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk, watchTroubles } from '../support/browser/web-desk.ts'

const program = findShell()
/** Pictures at three widths in two themes take their time on a busy machine. */
const PATIENCE_MS = 180_000
const EVIL = '<img src=x onerror=document.title="owned">'

describe.skipIf(program === null)('the report of a ticket, from its page', () => {
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

  it('is two editions in a menu, and more once it was escalated, each to read at once and as a file', {
    timeout: PATIENCE_MS,
  }, async () => {
    const tess = await desk.user('technician', 'Tess')
    const client = await desk.client(tess)
    const ticket = { title: `No sound ${EVIL}`, requesterName: 'Kim' }
    const { id } = await client.call<{ id: string }>('POST', '/api/tickets', ticket)
    for (const text of [`zebranote ${EVIL}`, 'long '.repeat(60), 'x'.repeat(300)])
      await client.call('POST', `/api/tickets/${id}/log`, { text })
    const { page, troubles } = await desk.open(browser, tess, { path: `/tickets/${id}` })
    await page.getByText('Report', { exact: true }).click()
    await page.getByRole('link', { name: 'PDF of the report for the person' }).waitFor()
    expect(await page.getByRole('link', { name: /hand-over|post-mortem/ }).count()).toBe(0)
    const wish = { toLevel: 2, criterion: 'lacks-privilege', summary: 'gulls all around' }
    await client.call('POST', `/api/tickets/${id}/escalations`, wish)
    await page.getByRole('link', { name: 'Open the report for the hand-over' }).waitFor()
    expect(await page.getByRole('link', { name: /post-mortem/ }).count()).toBe(0)
    const { version } = await client.call<{ version: number }>('GET', `/api/tickets/${id}`)
    await client.call('PATCH', `/api/tickets/${id}`, { version, state: 'resolved' })
    await page.getByRole('link', { name: 'PDF of the report for the post-mortem' }).waitFor()
    expect(await lookAt(page, 'ticket-report-menu')).toEqual([])

    const opening = page.context().waitForEvent('page')
    await page.getByRole('link', { name: 'Open the report for the desk' }).click()
    const report = await opening
    const reportTroubles = watchTroubles(report)
    await report.getByRole('heading', { level: 1, name: /No sound <img src=x/ }).waitFor()
    await report.getByRole('heading', { name: 'Verification' }).waitFor()
    await report.getByRole('cell', { name: /^noted: zebranote <img/ }).waitFor()
    expect(await report.title()).toContain('<img')
    // No timer runs in the sandbox in which the report is served, and the check of the page needs some.
    const outside = await page.context().newPage()
    await outside.setContent(await (await page.context().request.get(report.url())).text())
    expect(await lookAt(outside, 'ticket-report')).toEqual([])

    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'PDF of the report for the person' }).click()
    const file = await downloading
    expect(file.suggestedFilename()).toBe('askfirst-ticket-1-customer.pdf')
    expect((await readFile(await file.path())).toString('latin1', 0, 5)).toBe('%PDF-')

    const handing = page.context().waitForEvent('page')
    await page.getByRole('link', { name: 'Open the report for the hand-over' }).click()
    const handover = await handing
    await handover.getByRole('heading', { name: 'How to go on' }).waitFor()
    await handover.getByText('gulls all around').first().waitFor()
    await outside.setContent(await (await page.context().request.get(handover.url())).text())
    expect(await lookAt(outside, 'ticket-report-handover')).toEqual([])

    await page.getByRole('link', { name: 'PDF of the report for the person' }).press('Escape')
    await expect.poll(() => page.getByRole('link', { name: /^Open the report/ }).count()).toBe(0)
    expect([...troubles.list, ...reportTroubles.list]).toEqual([])
  })
})
