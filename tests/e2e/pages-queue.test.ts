import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import type { DeskClient } from '../support/browser/desk-client.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
/** Pictures at three widths in two themes take their time on a busy machine. */
const PATIENCE_MS = 180_000
/** A page reads and draws again within this time on a busy machine. */
const BUSY = { timeout: 20_000 } as const
const EVIL = '<img src=x onerror=document.title="owned">'

describe.skipIf(program === null)('the queue', () => {
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  let client: DeskClient
  let tess: Awaited<ReturnType<WebDesk['user']>>
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    device = await DeskDevice.connect(await DeskDevice.enrol(desk, `front-desk${EVIL}`))
    tess = await desk.user('technician', 'Tess Technician')
    client = await desk.client(tess)
    await open('Printer is out', { impact: 'low', urgency: 'low' })
    await open(`PC is slow ${EVIL}`, { impact: 'high', urgency: 'high', deviceIds: [device.id] })
    await open('No network', { impact: 'medium', urgency: 'medium' })
  }, 60_000)
  afterAll(async () => {
    device.close()
    await browser.close()
    await desk.close()
  })

  async function open(title: string, more: object): Promise<string> {
    const body = { title, requesterName: `Paul ${EVIL}`, ...more }
    return (await client.call<{ readonly id: string }>('POST', '/api/tickets', body)).id
  }

  it('shows the most urgent first, with what each waits for, live', { timeout: PATIENCE_MS }, async () => {
    const { page, troubles } = await desk.open(browser, tess)
    await expect.poll(() => titles(page), BUSY).toEqual([`PC is slow ${EVIL}`, 'No network', 'Printer is out'])
    const [slow] = (await client.call<{ items: readonly { id: string }[] }>('GET', '/api/tickets?q=slow')).items
    const asking = { deviceId: device.id, purpose: 'To see it', collectors: [{ id: 'disk.space' }] }
    await client.call('POST', `/api/tickets/${slow?.id}/consent-requests`, asking)
    const row = page.getByRole('row').filter({ hasText: 'PC is slow' })
    const request = await device.shown()
    await row.getByText('Waits for the person').last().waitFor()
    await device.allow(request)
    await row.getByText('Allowed, 1 hour left').last().waitFor()
    expect(await lookAt(page, 'queue')).toEqual([])
    expect(await page.title()).not.toBe('owned')
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('keeps rows in their places while somebody points at them', async () => {
    const { page } = await desk.open(browser, tess)
    await page.setViewportSize({ width: 1_440, height: 900 })
    await page.getByRole('link', { name: 'No network' }).hover()
    const before = await titles(page)
    await open('Everything is down', { impact: 'high', urgency: 'high' })
    await page.getByText('1 more came meanwhile').waitFor()
    expect(await titles(page)).toEqual(before)
    // By key: the mouse on its way to the button leaves the rows, which shows them as well.
    await page.getByRole('button', { name: 'Show them' }).press('Enter')
    await page.getByRole('link', { name: 'Everything is down' }).waitFor()
    await page.context().close()
  })

  it('filters on the server, and keeps a view under a name', async () => {
    const { page, troubles } = await desk.open(browser, tess)
    await page.getByLabel('Priority').selectOption('1,2')
    await page.getByText('No network').waitFor({ state: 'detached' })
    await page.getByRole('searchbox', { name: 'Search' }).fill('slow ')
    await expect.poll(() => titles(page), BUSY).toEqual([`PC is slow ${EVIL}`])
    await page.getByRole('button', { name: 'Save this view' }).click()
    await page.getByLabel('Name').fill('Slow and urgent')
    await page.getByRole('button', { name: 'Save view' }).click()
    const views = page.getByRole('navigation', { name: 'Views' })
    await views.getByRole('link', { name: 'All open' }).click()
    await page.getByText('No network').waitFor()
    expect(await page.getByRole('searchbox', { name: 'Search' }).inputValue()).toBe('')
    const again = await desk.open(browser, tess)
    await again.page.getByRole('link', { name: 'Slow and urgent' }).click()
    await expect.poll(() => titles(again.page), BUSY).toEqual([`PC is slow ${EVIL}`])
    await again.page.getByRole('button', { name: 'Forget this view' }).click()
    await again.page.getByRole('link', { name: 'Slow and urgent' }).waitFor({ state: 'detached' })
    await again.page.getByLabel('Assignee').selectOption('me')
    // Tess asked the person there, and took it with that.
    await expect.poll(() => titles(again.page), BUSY).toEqual([`PC is slow ${EVIL}`])
    await again.page.getByRole('searchbox', { name: 'Search' }).fill('no such words')
    await again.page.getByRole('heading', { name: 'No ticket is like this' }).waitFor()
    expect([...troubles.list, ...again.troubles.list]).toEqual([])
    await again.page.context().close()
    await page.context().close()
  })

  it('is worked by keys alone: j, k, /, n, ? and Ctrl K', { timeout: PATIENCE_MS }, async () => {
    const { page, troubles } = await desk.open(browser, tess)
    await page.getByRole('link', { name: 'No network' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('network')
    await expect.poll(() => titles(page), BUSY).toEqual(['No network'])
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /No network/ }).waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('front-desk')
    await page.getByRole('option', { name: /^front-desk<img/ }).waitFor()
    expect(await lookAt(page, 'palette')).toEqual([])
    await page.keyboard.press('Control+a')
    await page.keyboard.type('new ticket')
    await page.getByRole('option', { name: 'New ticket' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'New ticket' }).waitFor()
    expect(await lookAt(page, 'queue-new-ticket')).toEqual([])
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('says that the live connection is lost, and misses nothing when it is back', async () => {
    const { page, troubles } = await desk.open(browser, tess, { path: '/devices' })
    let isBroken = false
    const sockets: { close(): Promise<void> }[] = []
    await page.routeWebSocket('**/api/live', async (socket) => {
      sockets.push(socket)
      if (isBroken) await socket.close()
      else socket.connectToServer()
    })
    await page.goto(desk.url)
    await page.getByText('No network').waitFor()
    await expect.poll(() => sockets.length, BUSY).toBe(1)
    isBroken = true
    await sockets[0]?.close()
    await page.getByText('The live connection was lost').waitFor()
    await open('Came while nobody listened', {})
    isBroken = false
    await page.getByText('Came while nobody listened').waitFor()
    expect(troubles.list.filter((line) => !line.includes('WebSocket'))).toEqual([])
    await page.context().close()
  })
})

describe.skipIf(program === null)('the devices', () => {
  it('show who is online, live, and can be searched', { timeout: PATIENCE_MS }, async () => {
    const browser = await startChromium(program ?? '')
    const desk = await WebDesk.start()
    const { page, troubles } = await desk.open(browser, await desk.user('technician', 'Tess'), { path: '/devices' })
    await page.getByRole('heading', { name: 'No device is enrolled yet' }).waitFor()
    const identity = await DeskDevice.enrol(desk, `front-desk${EVIL}`)
    await DeskDevice.enrol(desk, 'back-office', false)
    const device = await DeskDevice.connect(identity)
    await page.getByText('2 devices, 1 online').waitFor()
    await page.getByRole('row').filter({ hasText: 'back-office' }).getByText('Waits for approval').waitFor()
    expect(await lookAt(page, 'devices')).toEqual([])
    device.close()
    await page.getByText('2 devices, 0 online').waitFor()
    await page.getByRole('searchbox', { name: 'Search' }).fill('front')
    await page.getByText('1 device, 0 online').waitFor()
    await page.getByRole('link', { name: /^Tickets of front-desk<img/ }).click()
    await page.getByText('Device: front-desk<img').waitFor()
    expect(troubles.list).toEqual([])
    await browser.close()
    await desk.close()
  })
})

/** Titles of the tickets in their order. */
function titles(page: Page): Promise<readonly string[]> {
  return page.locator('a[data-ticket]').allTextContents()
}
