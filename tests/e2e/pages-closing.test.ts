import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
/** Pictures at three widths in two themes take their time on a busy machine. */
const PATIENCE_MS = 180_000

describe.skipIf(program === null)('the end of a ticket, on its page', () => {
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

  it('[T1] says whose move it is, closes with a reason, links and comes back', { timeout: PATIENCE_MS }, async () => {
    const lena = await desk.user('lead', 'Lena')
    const client = await desk.client(lena)
    const open = (title: string) =>
      client.call<{ id: string }>('POST', '/api/tickets', { title, requesterName: 'Kim', deviceIds: [] })
    const { id } = await open('No sound')
    await open('Silence on the second floor')
    const { page, troubles } = await desk.open(browser, lena, { path: `/tickets/${id}` })
    const facts = page.getByRole('region', { name: 'Facts and steps' })

    await page.getByRole('button', { name: 'Take it', exact: true }).click()
    await page.getByRole('button', { name: 'Wait …', exact: true }).click()
    await page.getByRole('radio', { name: 'An approval' }).check()
    await page.getByRole('button', { name: 'Wait', exact: true }).click()
    await facts.getByText('Waits for an approval.').waitFor()

    await page.getByRole('button', { name: 'Link to a ticket' }).click()
    await page.getByLabel('Which ticket?').fill('second')
    await page.getByRole('radio', { name: /#2 Silence/ }).check()
    await page.getByRole('button', { name: 'Link', exact: true }).click()
    await facts.getByRole('link', { name: '#2 Silence on the second floor' }).waitFor()
    expect(await lookAt(page, 'ticket-waits')).toEqual([])

    await page.getByRole('button', { name: 'Close …', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('It plays again, she says')
    await dialog.getByLabel('Why are these steps left out?').fill('It was plugged in again')
    await dialog.getByRole('button', { name: 'Close the ticket' }).click()
    await facts.getByText('Closed as solved; the person had not answered.').waitFor()

    await page.getByRole('button', { name: 'Open it again' }).click()
    await dialog.getByLabel('Reason').fill('It went silent')
    await dialog.getByRole('button', { name: 'Open it again' }).click()
    await facts.getByText('It is the desk’s move.').waitFor()
    await page.getByText('opened the ticket again').waitFor()
    expect(troubles.list).toEqual([])
  })
})
