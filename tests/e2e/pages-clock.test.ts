import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, startChromium } from '../support/browser/chromium.ts'
import { axeViolations } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findChromium()

describe.skipIf(program === null)('the clock and handing a ticket over', () => {
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

  it('[T37, T38] asks with a hand-over, and the one asked takes the ticket over from the lead view', {
    timeout: 60_000,
  }, async () => {
    const [tess, lea] = [await desk.user('technician', 'Tess'), await desk.user('lead', 'Lea')]
    const client = await desk.client(tess)
    const wish = { title: 'No printing', requesterName: 'Kim', impact: 'high', urgency: 'high' }
    const { id } = await client.call<{ id: string }>('POST', '/api/tickets', wish)
    await client.call('PATCH', `/api/tickets/${id}`, { version: 1, assigneeId: tess.id, state: 'open' })
    const { page, troubles } = await desk.open(browser, tess, { path: `/tickets/${id}` })
    await page.getByRole('region', { name: 'Clock' }).getByText('Time at level 1', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Escalate', exact: true }).click()
    await page.getByLabel('Why', { exact: true }).selectOption('outage')
    await expect.poll(() => page.getByLabel('To level', { exact: true }).inputValue()).toBe('3')
    await page.getByLabel('Whom', { exact: true }).selectOption(lea.id)
    expect(await page.getByLabel('Hand-over', { exact: true }).inputValue()).toContain('No printing')
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Ask, and tell the person' }).click()
    await page.getByText('Tess asked Lea to take this ticket over').waitFor()

    const leads = await desk.open(browser, lea, { path: '/lead' })
    const waiting = leads.page.getByRole('region', { name: 'Waiting to be taken over' })
    await waiting.getByText('Many people are hit (outage)').waitFor()
    expect(await axeViolations(leads.page)).toEqual([])
    await waiting.getByRole('link', { name: '#1 No printing' }).click()
    await leads.page.getByText('permissions that the person gave before end').waitFor()
    await leads.page.getByRole('button', { name: 'Accept and take over' }).click()
    await page.getByText('took the ticket over at level 3').waitFor()
    await expect.poll(() => page.getByLabel('Assignee', { exact: true }).inputValue()).toBe(lea.id)
    expect([...troubles.list, ...leads.troubles.list]).toEqual([])
  })
})
