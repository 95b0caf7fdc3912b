import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { axeViolations } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { addDevice, addTicket, finding, logDraft } from '../support/store-records.ts'

const program = findShell()

describe.skipIf(program === null)('the method on a ticket’s page', () => {
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

  it('is worked through in a few clicks, and goes on by itself to where the work stands', {
    timeout: 60_000,
  }, async () => {
    const { store } = desk.server.services
    const device = await addDevice(store)
    const { id } = await addTicket(store, { deviceIds: [device.id], description: 'No sound since the update' })
    const found = finding(id, 'C:')
    await store.findings.add([found], [logDraft(id, 'finding.added', { findingId: found.id, ...found.content })])
    const { page, troubles } = await desk.open(browser, await desk.user('technician', 'Tess'), {
      path: `/tickets/${id}`,
    })
    let interactions = 0
    const click = async (what: Locator) => {
      await what.click()
      interactions += 1
    }
    const button = (name: string | RegExp) => panel(page).getByRole('button', { name })

    await page.getByRole('button', { name: /^Tell the person/ }).click()
    const box = page.getByLabel('Message', { exact: true })
    await expect
      .poll(() => box.inputValue())
      .toMatch(/The drive is nearly full\.\nProbable cause: Old files\n.*Clean up/)
    await page.getByRole('button', { name: 'Send to the person' }).click()
    await page.getByText('wrote to the person').waitFor()

    await click(page.getByRole('button', { name: 'Take it', exact: true }))
    await page.getByLabel('Since when, and how often?').fill('Monday')
    await click(button('That is the problem'))
    await click(button(/^Take as theory/))
    await click(button(/^Confirmed/))
    await panel(page).getByLabel('Action', { exact: true }).fill('Empty the bin')
    await click(button('It is done'))
    await panel(page).getByLabel('What shows that everything works').fill('It plays again')
    expect(await axeViolations(page)).toEqual([])
    await click(button('Record it'))
    await expect.poll(() => panel(page).count()).toBe(0)

    const steps = page.getByRole('navigation', { name: 'Steps' })
    await expect.poll(() => steps.getByText('done').count()).toBe(6)
    await page.getByText('confirmed a theory').waitFor()
    expect(interactions).toBeLessThan(10)
    process.stdout.write(`A simple ticket's six steps took ${interactions} interactions beyond typing\n`)
    expect(troubles.list).toEqual([])
    await page.context().close()
  })
})

function panel(page: Page): Locator {
  return page.locator('#method-step')
}
