import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { User } from '@askfirst/server/store/entities.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import type { DeskClient } from '../support/browser/desk-client.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { reach } from '../support/browser/keys.ts'
import { lookAt } from '../support/browser/look.ts'
import type { PageTroubles } from '../support/browser/web-desk.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
const PATIENCE_MS = 180_000
const EVIL = '<img src=x onerror=document.title="owned"><b>bold</b>'
const WORDS = `He said he is from the bank ${EVIL}\nand did not know the code.`

describe.skipIf(program === null)('the reports of people', { timeout: PATIENCE_MS }, () => {
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  let tess: User
  let asTess: DeskClient
  let tickets: Record<'tess' | 'lea', string>
  /** The lead's page with all reports, and the page of the ticket whose technician is reported. */
  let lead: { readonly page: Page; readonly troubles: PageTroubles }
  let technician: { readonly page: Page; readonly troubles: PageTroubles }
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    device = await DeskDevice.connect(await DeskDevice.enrol(desk, `pc-1${EVIL}`))
    tess = await desk.user('technician', `Tess ${EVIL}`, 'tess')
    const lea = await desk.user('lead', 'Lea Lead')
    asTess = await desk.client(tess)
    tickets = { tess: await openTicket(asTess, `Slow ${EVIL}`), lea: await openTicket(await desk.client(lea), 'Own') }
    lead = await desk.open(browser, lea, { path: '/reports' })
    technician = await desk.open(browser, tess, { path: `/tickets/${tickets.tess}` })
  }, PATIENCE_MS)
  afterAll(async () => {
    device?.close()
    await browser?.close()
    await desk?.close()
  })

  const openTicket = async (client: DeskClient, title: string) => {
    const body = { title, requesterName: 'Paul Person', deviceIds: [device.id] }
    return (await client.call<{ readonly id: string }>('POST', '/api/tickets', body)).id
  }
  const ask = async (client: DeskClient, ticketId: string) => {
    const asking = { deviceId: device.id, purpose: 'To see it', collectors: [{ id: 'disk.space' }] }
    await client.call('POST', `/api/tickets/${ticketId}/consent-requests`, asking)
    return device.shown()
  }
  const menu = () => lead.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Reports/ })
  const about = (name: string | RegExp) => lead.page.getByRole('article', { name })

  it('come up live with the person’s own words, and a number in the menu', async () => {
    await lead.page.getByText('No report is open.').waitFor()
    expect(await menu().textContent()).toBe('Reports')
    const request = await ask(asTess, tickets.tess)
    await device.report(request, WORDS, `paul${EVIL}`)
    await device.refuse(request, 'I reported it')
    const card = about(/^About Tess <img/)
    await card.getByText(WORDS).waitFor()
    await card.getByText('Blocked on this device').waitFor()
    await card.getByText('Verified', { exact: true }).waitFor()
    await card.getByText(`paul${EVIL}`).waitFor()
    await card.getByRole('link', { name: `pc-1${EVIL}` }).waitFor()
    expect(await card.getByRole('link', { name: `#1 Slow ${EVIL}` }).getAttribute('href')).toBe(
      `/tickets/${tickets.tess}`,
    )
    await expect.poll(() => menu().textContent()).toBe('Reports1 open')
    expect(await lookAt(lead.page, 'reports')).toEqual([])
  })

  it('tell the technician at the ticket why they cannot ask, and nothing elsewhere', async () => {
    const { page } = technician
    const side = page.getByRole('region', { name: 'Device and permission' })
    await side.getByText('You are blocked on this device.').waitFor()
    await side.getByText('Asking is not possible while the report about you is open.').waitFor()
    await side.getByRole('heading', { name: 'The person said no' }).waitFor()
    expect(await side.getByRole('button', { name: /^PC is slow|^Something else|^Ask again/ }).count()).toBe(0)
    await page.getByRole('blockquote').filter({ hasText: 'He said he is from the bank <img' }).waitFor()
    expect(await lookAt(page, 'ticket-blocked')).toEqual([])
    expect(
      await page
        .getByRole('navigation', { name: 'Main' })
        .getByRole('link', { name: /^Reports/ })
        .count(),
    ).toBe(0)
    const other = await desk.open(browser, tess, { path: '/reports' })
    await other.page.getByText('There is nothing here for you').waitFor()
    expect(await other.page.getByRole('article').count()).toBe(0)
    expect(other.troubles.list).toEqual([])
    await other.page.context().close()
  })

  it('are shown to an auditor, who lifts nothing', async () => {
    const auditor = await desk.open(browser, await desk.user('auditor', 'Otto Auditor'), { path: '/reports' })
    await auditor.page.getByRole('article').getByText(WORDS).waitFor()
    expect(await auditor.page.getByRole('button', { name: /^Lift/ }).count()).toBe(0)
    expect(auditor.troubles.list).toEqual([])
    await auditor.page.context().close()
  })

  it('are lifted by keyboard alone, with a reason that reaches the device and frees the technician', async () => {
    const { page } = lead
    await reach(page, page.getByRole('button', { name: /^Lift the block of Tess/ }))
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /^Lift the block of Tess/ })
    await dialog.getByText('Every request still needs').waitFor()
    expect(await lookAt(page, 'reports-lift')).toEqual([])
    await reach(page, dialog.getByRole('button', { name: 'Lift the block' }))
    await page.keyboard.press('Enter')
    expect(await dialog.locator('textarea:invalid').count()).toBe(1)
    await reach(page, dialog.getByLabel('Reason'))
    await page.keyboard.type(`I called them, it was Tess ${EVIL}`)
    await reach(page, dialog.getByRole('button', { name: 'Lift the block' }))
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('No report is open.').waitFor()
    await about(/^About Tess/)
      .getByText('Block lifted')
      .waitFor()
    await about(/^About Tess/)
      .getByText(`I called them, it was Tess ${EVIL}`)
      .waitFor()
    await expect.poll(() => menu().textContent()).toBe('Reports')
    expect(await device.agent.next('report.cleared')).toMatchObject({ by: 'Lea Lead', reason: /I called them/ })
    await technician.page.getByText('You are blocked on this device.').waitFor({ state: 'detached' })
    await technician.page.getByRole('button', { name: /^PC is slow/ }).waitFor()
    await technician.page.getByText(/^Lea Lead lifted the block of Tess/).waitFor()
  })

  it('are lifted by nobody whom they are about', async () => {
    const lea = await desk.server.services.store.users.byEmail('lea.lead@example.test')
    if (lea === null) throw new Error('the lead is gone')
    const asLea = await desk.client(lea)
    await device.report(await ask(asLea, tickets.lea), 'Who is this?')
    await about('About Lea Lead').getByText('This report is about you.').waitFor()
    expect(await about('About Lea Lead').getByRole('button').count()).toBe(0)
    const { items } = await asLea.call<{ items: { id: string }[] }>('GET', '/api/reports?state=open')
    await expect(asLea.call('POST', `/api/reports/${items[0]?.id}/clear`, { reason: 'I am fine' })).rejects.toThrow(
      /403.*NOT_ALLOWED/,
    )
  })

  it('say that they are not verified once somebody changed them in the store', async () => {
    const store = new DatabaseSync(join(desk.dataDir, 'store.sqlite'))
    store.exec(`update reports set reason = 'All was well' where reason = 'Who is this?'`)
    store.close()
    await lead.page.reload()
    await about('About Lea Lead').getByText('Not verified').waitFor()
    await about(/^About Tess/)
      .getByText('Verified', { exact: true })
      .waitFor()
    expect(await lead.page.locator('main img, main b').count()).toBe(0)
    expect([...lead.troubles.list, ...technician.troubles.list]).toEqual([])
  })
})
