import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { axeViolations, lookAt } from '../support/browser/look.ts'
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
    await page.getByRole('group', { name: 'Assignee' }).getByText('Lea').waitFor()
    expect([...troubles.list, ...leads.troubles.list]).toEqual([])
  })

  it('[T61, T63] gives a ticket to who accepts it, and a lead assigns it with a reason', {
    timeout: 120_000,
  }, async () => {
    const [tom, sam] = [await desk.user('technician', 'Tom'), await desk.user('technician', 'Sam')]
    const [lou, ina] = [await desk.user('technician', 'Lou'), await desk.user('lead', 'Ina')]
    await desk.server.services.users.change(lou.id, { supportLevel: 1 }, SYSTEM_ACTOR)
    const client = await desk.client(tom)
    const { id } = await client.call<{ id: string }>('POST', '/api/tickets', {
      title: 'No sound',
      requesterName: 'Kim',
    })
    await client.call('PATCH', `/api/tickets/${id}`, { version: 1, assigneeId: tom.id, state: 'open', level: 2 })
    const own = await desk.open(browser, tom, { path: `/tickets/${id}` })
    await own.page.getByRole('button', { name: 'Give it to …' }).click()
    const whom = own.page.getByLabel('Whom', { exact: true })
    await whom.selectOption(sam.id)
    expect(await whom.locator(`option[value="${lou.id}"]`).count()).toBe(0)
    await own.page.getByLabel('What they should know').fill('You know the sound cards')
    expect(await lookAt(own.page, 'give-dialog')).toEqual([])
    await own.page.getByRole('button', { name: 'Offer it' }).click()
    await own.page.getByText('Tom offers this ticket to Sam').waitFor()

    const other = await desk.open(browser, sam, { path: '/' })
    const asked = other.page.getByRole('region', { name: 'Asked of you' })
    await asked.getByText('Tom offers it to you: You know the sound cards').waitFor()
    await other.page.getByRole('navigation', { name: 'Main' }).getByText('1 waiting for you').waitFor()
    expect(await lookAt(other.page, 'queue-asked')).toEqual([])
    await asked.getByRole('link', { name: 'No sound' }).click()
    await other.page.getByRole('button', { name: 'Accept the ticket' }).waitFor()
    expect(await other.page.getByRole('button', { name: /^Take it/ }).count()).toBe(0)
    expect(await lookAt(other.page, 'ticket-offered')).toEqual([])
    await other.page.getByRole('button', { name: 'Accept the ticket' }).click()
    const owner = own.page.getByRole('group', { name: 'Assignee' })
    await owner.getByText('Sam').waitFor()
    await own.page.getByText('accepted the ticket').waitFor()
    expect(await own.page.getByRole('button', { name: 'Give it to …' }).count()).toBe(0)

    const lead = await desk.open(browser, ina, { path: `/tickets/${id}` })
    await lead.page.getByRole('button', { name: 'Give it to …' }).click()
    await lead.page.getByLabel('Whom', { exact: true }).selectOption(tom.id)
    await lead.page.getByLabel('Why without asking').fill('Sam is ill')
    await lead.page.getByRole('button', { name: 'Assign it' }).click()
    await own.page.getByText('Ina assigned this ticket to you').waitFor()
    await own.page.getByRole('button', { name: 'I have seen it' }).click()
    await own.page.getByText('Ina assigned this ticket to you').waitFor({ state: 'detached' })
    expect([...own.troubles.list, ...other.troubles.list, ...lead.troubles.list]).toEqual([])
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
