import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { reach } from '../support/browser/keys.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
/** Pictures at three widths in two themes take their time on a busy machine. */
const PATIENCE_MS = 180_000
const EVIL = '<img src=x onerror=document.title="owned">'

describe.skipIf(program === null)('priorities', () => {
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

  async function openTicket(impact: string, urgency: string): Promise<string> {
    const client = await desk.client(await desk.user('technician', `Tess ${impact} ${urgency}`))
    const body = { title: 'The projector is dark', requesterName: 'Paul', impact, urgency }
    return (await client.call<{ readonly id: string }>('POST', '/api/tickets', body)).id
  }

  it('the matrix is changed by keyboard alone, and open tickets follow when the admin says so', {
    timeout: PATIENCE_MS,
  }, async () => {
    const id = await openTicket('medium', 'high')
    await openTicket('low', 'low')
    const { page, troubles } = await desk.open(browser, await desk.user('admin', 'Ada Admin'), {
      path: '/admin/settings',
    })
    const press = (key: string) => page.keyboard.press(key)
    const cell = (impact: string, urgency: string) =>
      page.getByRole('table', { name: 'Priority matrix' }).getByLabel(`Impact ${impact}, urgency ${urgency}`)
    await page.getByText('No open ticket would get another priority.').waitFor()
    await reach(page, cell('high', 'high'))
    await press('ArrowDown')
    await press('ArrowDown')
    const problem = 'P3 for impact high, urgency high is less urgent than P2 for impact medium, urgency high.'
    await page.getByRole('listitem').filter({ hasText: problem }).waitFor()
    expect(await cell('high', 'high').getAttribute('aria-invalid')).toBe('true')
    expect(await cell('medium', 'high').getAttribute('aria-invalid')).toBeNull()
    await page.getByText('Change the marked cells first').waitFor()
    expect(await page.getByRole('button', { name: 'Save the matrix' }).isDisabled()).toBe(true)
    expect(await lookAt(page, 'admin-matrix')).toEqual([])

    await reach(page, cell('high', 'high'))
    await press('ArrowUp')
    await press('ArrowUp')
    await reach(page, cell('medium', 'high'))
    await press('ArrowUp')
    await page.getByText('Of 2 open tickets, 1 would get another priority.').waitFor()
    await reach(page, page.getByRole('checkbox', { name: /^Apply to open tickets too/ }))
    await press('Space')
    await reach(page, page.getByRole('button', { name: 'Save the matrix' }))
    await press('Enter')
    await page.getByText('Saved. 1 ticket got another priority.').waitFor()
    await page.goto(`${desk.url}/tickets/${id}`)
    await page.getByText('Impact medium, urgency high: P1 by the matrix.').waitFor()
    await page.getByText('applied the new priority matrix').waitFor()
    await page.getByText('Priority: P2 High → P1 Critical').waitFor()
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('a technician overrides one with a reason that everybody reads, and takes it back', {
    timeout: PATIENCE_MS,
  }, async () => {
    const id = await openTicket('high', 'medium')
    const { page, troubles } = await desk.open(browser, await desk.user('lead', `Ada ${EVIL}`, 'ada'), {
      path: `/tickets/${id}`,
    })
    await page.getByText('Impact high, urgency medium: P2 by the matrix.').waitFor()
    await page.getByRole('button', { name: 'Override', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Override the priority' })
    expect(await dialog.getByLabel('Priority').locator('option').allTextContents()).toEqual([
      'P1 Critical',
      'P3 Medium',
      'P4 Low',
      'P5 Planning',
    ])
    await dialog.getByLabel('Reason').fill(`The talk starts at 10 ${EVIL}`)
    expect(await lookAt(page, 'ticket-override')).toEqual([])
    await dialog.getByRole('button', { name: 'Override' }).click()
    await dialog.waitFor({ state: 'detached' })
    const facts = page.getByRole('region', { name: 'Facts and steps' })
    await facts.getByText(`P1 instead of P2: The talk starts at 10 ${EVIL} (Ada ${EVIL}, just now)`).waitFor()
    await page.getByText('overrode the priority').waitFor()
    await page.getByRole('blockquote').filter({ hasText: 'The talk starts at 10' }).waitFor()

    await facts.getByLabel('Urgency').selectOption('low')
    await facts.getByText('P1 instead of P3').waitFor()
    await page.getByText('By the matrix (the override stands): P2 High → P3 Medium').waitFor()
    expect(await lookAt(page, 'ticket-overridden')).toEqual([])
    await facts.getByRole('button', { name: 'Back to the matrix (P3)' }).click()
    await facts.getByText('Impact high, urgency low: P3 by the matrix.').waitFor()
    await page.getByText('gave the priority back to the matrix').waitFor()
    expect(await page.title()).not.toBe('owned')
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('a new ticket shows before it is opened what the matrix says', async () => {
    const admin = await desk.client(await desk.user('admin', 'Otto Admin'))
    const all = { high: 2, medium: 2, low: 2 }
    const priorityMatrix = { high: { ...all, high: 1 }, medium: all, low: { ...all, low: 4 } }
    await admin.call('PATCH', '/api/settings', { priorityMatrix })
    const { page, troubles } = await desk.open(browser, await desk.user('technician', 'Nora New'))
    await page.getByRole('button', { name: 'New ticket' }).click()
    const dialog = page.getByRole('dialog', { name: 'New ticket' })
    await dialog.getByText('P2 High').waitFor()
    await dialog.getByLabel('Urgency').selectOption('low')
    await dialog.getByText('P4 Low').waitFor()
    await dialog.getByLabel('Title').fill('Paper is out')
    await dialog.getByLabel('Requester', { exact: true }).fill('Paul')
    await dialog.getByRole('button', { name: 'Open ticket' }).click()
    await page.getByText('Impact low, urgency low: P4 by the matrix.').waitFor()
    expect(troubles.list).toEqual([])
    await page.context().close()
  })
})
