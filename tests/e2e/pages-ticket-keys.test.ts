import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { reach } from '../support/browser/keys.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
const PATIENCE_MS = 180_000

describe.skipIf(program === null)('the ticket page by keyboard alone', () => {
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    device = await DeskDevice.connect(await DeskDevice.enrol(desk, 'front-desk'))
  }, 60_000)
  afterAll(async () => {
    device.close()
    await browser.close()
    await desk.close()
  })

  it('goes from a new ticket to a solved one', { timeout: PATIENCE_MS }, async () => {
    const { page, troubles } = await desk.open(browser, await desk.user('technician', 'Kay Keys'))
    const press = (key: string) => page.keyboard.press(key)
    await page.getByRole('heading', { name: 'Queue' }).waitFor()
    await press('n')
    const form = page.getByRole('dialog', { name: 'New ticket' })
    await reach(page, form.getByLabel('Title'))
    await page.keyboard.type('PC is slow')
    await reach(page, form.getByLabel('Requester', { exact: true }))
    await page.keyboard.type('Paul Person')
    await reach(page, form.getByLabel('Add a device'))
    await page.keyboard.type('front')
    await form.getByRole('button', { name: /^front-desk/ }).waitFor()
    await press('Enter')
    await form.getByRole('button', { name: 'Take front-desk off' }).waitFor()
    await reach(page, form.getByRole('button', { name: 'Open ticket' }))
    await press('Enter')

    const side = page.getByRole('region', { name: 'Device and permission' })
    await reach(page, page.getByRole('button', { name: 'Take it' }))
    await press('Enter')
    await reach(page, side.getByRole('button', { name: /^PC is slow/ }))
    await press('Enter')
    await reach(page, page.getByRole('dialog').getByRole('checkbox', { name: /Event log/ }))
    await press('Space')
    await reach(page, page.getByRole('dialog').getByRole('button', { name: 'Ask the person' }))
    await press('Enter')
    const request = await device.shown()
    expect(request.collectors.map(({ id }) => id)).not.toContain('eventlog.query')
    await side.getByRole('heading', { name: 'Waits for the person' }).waitFor()
    await device.allow(request, { collectors: [{ id: 'disk.space', params: {} }] })

    const start = await device.agent.next('run.start')
    const rows = [{ mount: '/data', kind: 'fixed', usedPercent: 99, sizeBytes: 100, availableBytes: 1 }]
    device.accept(start, rows)
    await device.end(start.runId, rows)
    await reach(page, page.getByRole('article').getByRole('button', { name: 'Confirm' }))
    await press('Enter')
    await reach(page, page.getByLabel('Reason'))
    await page.keyboard.type('Seen it')
    await reach(page, page.getByRole('dialog').getByRole('button', { name: 'Confirm' }))
    await press('Enter')
    await page.getByRole('article').getByText('Confirmed').waitFor()
    await reach(page, page.getByLabel('Note', { exact: true }))
    await page.keyboard.type('Cleaned up')
    await press('Control+Enter')
    await page.getByRole('blockquote').filter({ hasText: 'Cleaned up' }).waitFor()
    await reach(page, page.getByRole('button', { name: 'Resolve' }))
    await press('Enter')
    await page.getByRole('button', { name: 'Reopen' }).waitFor()
    expect(troubles.list).toEqual([])
    await page.context().close()
  })
})
