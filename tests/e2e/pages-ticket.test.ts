import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { eventRows } from '../support/scripted-agent.ts'

const program = findShell()
/** Pictures at three widths in two themes take their time on a busy machine. */
const PATIENCE_MS = 180_000
/** A page reads and draws again within this time on a busy machine. */
const BUSY = { timeout: 20_000 } as const
/** Markup that would run or show itself if any page took a text for more than text. */
const EVIL = '<img src=x onerror=document.title="owned"><b>bold</b>'
const HOST = `pc-1${EVIL}`
const FULL_DRIVE = { mount: `/data${EVIL}`, kind: 'fixed', usedPercent: 99, sizeBytes: 100, availableBytes: 1 }

describe.skipIf(program === null)('the ticket page', () => {
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    device = await DeskDevice.connect(await DeskDevice.enrol(desk, HOST))
  }, 60_000)
  afterAll(async () => {
    device.close()
    await browser.close()
    await desk.close()
  })

  it("tells a technician's whole story, with every text shown as text", { timeout: PATIENCE_MS }, async () => {
    const tess = await desk.user('technician', `Tess ${EVIL}`, 'tess')
    const { page, troubles } = await desk.open(browser, tess)
    await openTicket(page, `PC is slow ${EVIL}`)
    await page.getByRole('heading', { name: /#1 PC is slow <img/ }).waitFor()
    await page.getByRole('button', { name: 'Take it' }).click()
    await page.getByRole('button', { name: 'Wait …' }).waitFor()
    await page.getByRole('button', { name: /^PC is slow/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Lists the programs that run').waitFor()
    await dialog.getByLabel('Purpose').fill(`To see why it is slow ${EVIL}`)
    await dialog.getByText('Settings of Running programs').click()
    await dialog.getByLabel('Most programs').fill('50')
    await dialog.getByLabel('Read it as soon as it is allowed').uncheck()
    await dialog.getByRole('button', { name: 'Ask the person' }).click()
    await dialog.waitFor({ state: 'detached' })

    const request = await device.shown()
    expect(request.collectors.map(({ id }) => id).toSorted()).toEqual(['disk.space', 'eventlog.query', 'process.list'])
    expect(request.collectors.find(({ id }) => id === 'process.list')?.params).toMatchObject({ top: 50, sort: 'cpu' })
    const side = page.getByRole('region', { name: 'Device and permission' })
    await side.getByRole('heading', { name: 'Waits for the person' }).waitFor()
    const { items } = await (await desk.client(tess)).call<Requests>(
      'GET',
      `/api/tickets/${request.ticket.id}/consent-requests`,
    )
    await side.getByText(items[0]?.matchCode ?? '', { exact: true }).waitFor()
    expect(await lookAt(page, 'ticket-waiting')).toEqual([])

    await device.allow(request, { collectors: request.collectors.filter(({ id }) => id !== 'process.list') })
    await side.getByRole('heading', { name: 'Allowed' }).waitFor()
    await side.getByText('Not allowed: Running programs').waitFor()
    await side.getByRole('button', { name: 'Run all 2 allowed' }).click()
    await runBoth(device, async () => {
      await side.getByText('40 rows').waitFor()
      await side.getByText('Collecting').first().waitFor()
    })
    await side.getByText('Complete').nth(1).waitFor()

    const finding = page.getByRole('article').filter({ hasText: '/data<img src=x' })
    await finding.getByText('Critical').waitFor()
    expect(await finding.getByRole('link', { name: /1 row of disk.space/ }).getAttribute('href')).toMatch(
      /^\/tickets\/tkt_\w+\/runs\/run_\w+\?rows=0$/,
    )
    await finding.getByRole('button', { name: 'Confirm' }).click()
    await page.getByLabel('Reason').fill(`Looked at it: full ${EVIL}`)
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
    await finding.getByText('Confirmed').waitFor()
    await page.getByLabel('Note', { exact: true }).fill(`Cleaned up ${EVIL}`)
    await page.getByRole('button', { name: 'Add note' }).click()
    await page.getByRole('blockquote').filter({ hasText: 'Cleaned up <img' }).waitFor()
    await page.getByRole('button', { name: 'Resolve' }).click()
    await page.getByRole('button', { name: 'Reopen' }).waitFor()
    expect(await lookAt(page, 'ticket-done')).toEqual([])

    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Export' }).click()
    expect((await download).suggestedFilename()).toMatch(/\.zip$/)
    expect(await page.locator('main img, main b').count()).toBe(0)
    expect(await page.title()).not.toBe('owned')
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('has dialogs that look right and read right in both themes', { timeout: PATIENCE_MS }, async () => {
    const dia = await desk.user('technician', 'Dia Technician')
    const client = await desk.client(dia)
    const id = await ticketWith(client, 'Dialogs', device.id)
    await client.call('POST', `/api/tickets/${id}/consent-requests`, asking(device))
    await device.allow(await device.shown())
    const { items } = await client.call<Requests>('GET', `/api/tickets/${id}/consent-requests`)
    const order = { grantId: items[0]?.grant?.grantId, runs: [{ collector: 'disk.space' }] }
    await client.call('POST', `/api/tickets/${id}/runs`, order)
    const start = await device.agent.next('run.start')
    device.accept(start, [FULL_DRIVE])
    await device.end(start.runId, [FULL_DRIVE])
    const { page, troubles } = await desk.open(browser, dia, { path: `/tickets/${id}` })
    await page.getByRole('button', { name: 'Dismiss' }).click()
    expect(await lookAt(page, 'ticket-verdict')).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Ask for: Running programs' }).click()
    await page.getByText('Settings of Running programs').click()
    expect(await lookAt(page, 'ticket-ask')).toEqual([])
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('says kindly that somebody else was first, and makes the change all the same', async () => {
    const rae = await desk.user('technician', 'Rae Technician')
    const client = await desk.client(rae)
    const ticket = await client.call<{ id: string }>('POST', '/api/tickets', {
      title: 'Two at once',
      requesterName: 'P',
    })
    const { page, troubles } = await desk.open(browser, rae, { path: `/tickets/${ticket.id}` })
    await page.getByLabel('Urgency').waitFor()
    // Somebody else changes it between this page's last look and its own change.
    let isFirst = true
    await page.route(`**/api/tickets/${ticket.id}`, async (route) => {
      if (route.request().method() === 'PATCH' && isFirst) {
        isFirst = false
        await client.call('PATCH', `/api/tickets/${ticket.id}`, { version: 1, level: 2 })
      }
      await route.continue()
    })
    await page.getByLabel('Urgency').selectOption('high')
    await page.getByText('Somebody changed this ticket').waitFor()
    await expect.poll(() => page.getByLabel('Level').inputValue(), BUSY).toBe('2')
    await page.getByRole('button', { name: 'Make it all the same' }).click()
    await expect
      .poll(async () => await client.call<object>('GET', `/api/tickets/${ticket.id}`), BUSY)
      .toMatchObject({
        level: 2,
        urgency: 'high',
      })
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('explains a refusal, a permission taken back, and a device that waits for approval', async () => {
    const kim = await desk.user('technician', 'Kim Technician')
    const client = await desk.client(kim)
    const id = await ticketWith(client, 'Ask twice', device.id)
    const { page, troubles } = await desk.open(browser, kim, { path: `/tickets/${id}` })
    await client.call('POST', `/api/tickets/${id}/consent-requests`, asking(device))
    await device.refuse(await device.shown(), `Not now ${EVIL}`)
    await page.getByRole('heading', { name: 'The person said no' }).waitFor()
    await page.getByRole('button', { name: 'Ask again' }).click()
    expect(await page.getByRole('dialog').getByLabel('Purpose').inputValue()).toBe('To see it')
    await page.getByRole('dialog').getByRole('button', { name: 'Ask the person' }).click()
    await device.shown()
    await page.getByRole('button', { name: 'Take the request back' }).click()
    await page.getByRole('heading', { name: 'Taken back by the desk' }).waitFor()
    await device.agent.next('consent.withdraw')

    const quarantined = await DeskDevice.enrol(desk, 'pc-2', false)
    const other = await ticketWith(client, 'Not approved', quarantined.answer.deviceId)
    await page.goto(`${desk.url}/tickets/${other}`)
    await page.getByText('The device must be approved first.').waitFor()
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('lets an auditor read everything and change nothing', { timeout: PATIENCE_MS }, async () => {
    const admin = await desk.user('admin', 'Ada Admin')
    const id = await ticketWith(await desk.client(admin), 'For the auditor', device.id)
    const { page, troubles } = await desk.open(browser, await desk.user('auditor', 'Otto Auditor'), {
      path: `/tickets/${id}`,
    })
    await page.getByRole('heading', { name: 'What happened' }).waitFor()
    await page.getByRole('region', { name: 'Device and permission' }).getByText('Online').waitFor()
    // The steps of the method open and close to be read; no other button is there.
    const steps = page.getByRole('navigation', { name: 'Steps' }).getByRole('button')
    expect(await page.locator('main button').allTextContents()).toEqual([
      ...(await steps.allTextContents()),
      'Hide this step',
    ])
    expect(await page.locator('main select, main textarea').count()).toBe(0)
    expect(await lookAt(page, 'ticket-auditor')).toEqual([])
    expect(troubles.list).toEqual([])
    await page.context().close()
  })
})

type Requests = {
  readonly items: readonly { readonly matchCode: string; readonly grant: { readonly grantId: string } | null }[]
}

/** Opens a ticket for the test's device through the form. */
async function openTicket(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'New ticket' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Title').fill(title)
  await dialog.getByLabel('Requester', { exact: true }).fill(`Paul ${EVIL}`)
  await dialog.getByLabel('Impact').selectOption('high')
  await dialog.getByText('P2 High').waitFor()
  await dialog.getByLabel('Add a device').fill('pc-1')
  await dialog.getByRole('button', { name: /^pc-1<img/ }).click()
  await dialog.getByRole('button', { name: 'Open ticket' }).click()
}

/** Takes both orders, whichever comes first, and ends them when the test has seen them run. */
async function runBoth(device: DeskDevice, whileRunning: () => Promise<void>): Promise<void> {
  const begun: { readonly runId: Parameters<DeskDevice['end']>[0]; readonly rows: readonly object[] }[] = []
  for (let at = 0; at < 2; at += 1) {
    const start = await device.agent.next('run.start')
    const rows = start.collector === 'disk.space' ? [FULL_DRIVE] : eventRows(40)
    device.accept(start, rows)
    begun.push({ runId: start.runId, rows })
  }
  await whileRunning()
  for (const { runId, rows } of begun) await device.end(runId, rows)
}

function asking(device: DeskDevice) {
  return { deviceId: device.id, purpose: 'To see it', collectors: [{ id: 'disk.space' }] }
}

async function ticketWith(
  client: { call<Answer>(method: string, path: string, body: object): Promise<Answer> },
  title: string,
  deviceId: string,
): Promise<string> {
  const body = { title, requesterName: 'Paul Person', deviceIds: [deviceId] }
  return (await client.call<{ readonly id: string }>('POST', '/api/tickets', body)).id
}
