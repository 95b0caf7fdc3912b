import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
const PATIENCE_MS = 120_000

describe.skipIf(program === null)('known problems, on their pages', () => {
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

  it('are written up from a ticket, found, and shown beside tickets like it', { timeout: PATIENCE_MS }, async () => {
    const tess = await desk.user('technician', 'Tess')
    const client = await desk.client(tess)
    const open = (title: string, description: string) =>
      client.call<{ id: string }>('POST', '/api/tickets', { title, description, requesterName: 'Kim' })
    const { id } = await open('Printer prints blank pages', 'The toner warning is on')
    await client.call('PATCH', `/api/tickets/${id}`, { version: 1, state: 'resolved' })
    const next = await open('Blank pages from the printer', 'and a toner warning')

    const { page, troubles } = await desk.open(browser, tess, { path: `/tickets/${id}` })
    await page.getByRole('link', { name: 'Write up as known problem' }).click()
    await page.getByLabel('Fix', { exact: true }).fill('Change the toner')
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByRole('heading', { level: 1, name: 'K1 Printer prints blank pages' }).waitFor()
    expect(await lookAt(page, 'knowledge-entry')).toEqual([])
    await page.getByRole('button', { name: 'Edit' }).click()
    expect(await lookAt(page, 'knowledge-edit')).toEqual([])
    await page.getByLabel('Cause', { exact: true }).fill('The toner is empty')
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('Versions', { exact: true }).click()
    await page.getByText(/^Version 2, published, by Tess/).waitFor()

    await page.getByRole('link', { name: 'Knowledge' }).click()
    await page.getByLabel('Search', { exact: true }).fill('TONER empty')
    await page.getByRole('link', { name: 'K1 Printer prints blank pages' }).waitFor()
    await page.goto(`${desk.url}/tickets/${next.id}`)
    const like = page.getByRole('region', { name: 'Looks like' })
    await like.getByRole('link', { name: 'Known problem K1: Printer prints blank pages' }).waitFor()
    await like
      .getByText(/^Same words: .*toner/)
      .first()
      .waitFor()
    expect(await lookAt(page, 'ticket-looks-like')).toEqual([])
    expect(troubles.list).toEqual([])
  })
})
