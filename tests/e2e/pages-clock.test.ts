import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { axeViolations } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()

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

  it('[T31] lets an admin set hours, holidays, times and rules, and says what cannot be', {
    timeout: 60_000,
  }, async () => {
    const ada = await desk.user('admin', 'Ada')
    const { page, troubles } = await desk.open(browser, ada, { path: '/admin/settings' })
    const form = page.getByRole('region', { name: 'Times and escalation' })
    await form.getByLabel('Time zone', { exact: true }).fill('Europe/Atlantis')
    await form.getByLabel('Hours of the week', { exact: true }).fill('Mon 08:00-12:00, 13:00-17:00')
    await form.getByLabel('Holidays', { exact: true }).fill('2026-12-25')
    await form.getByLabel('Solution, P1 Critical, minutes', { exact: true }).fill('')
    await form.getByLabel('Many people are hit, level 1', { exact: true }).selectOption('2')
    await form.getByRole('button', { name: 'Save times and rules' }).click()
    await form.getByText('Europe/Atlantis is no time zone').waitFor()
    await form.getByLabel('Time zone', { exact: true }).fill('Europe/Berlin')
    await form.getByRole('button', { name: 'Save times and rules' }).click()
    await form.getByText('Saved.', { exact: true }).waitFor()
    const { serviceLevel } = await desk.server.services.settings.get()
    expect(serviceLevel.calendar).toMatchObject({
      timeZone: 'Europe/Berlin',
      hours: [
        { day: 1, from: '08:00', to: '12:00' },
        { day: 1, from: '13:00', to: '17:00' },
      ],
      holidays: ['2026-12-25'],
    })
    expect(serviceLevel.targets[0]?.resolution).toBeNull()
    expect(serviceLevel.rules.outage[0]).toMatchObject({ toLevel: 2 })
    expect(troubles.list).toEqual([])
  })
})
