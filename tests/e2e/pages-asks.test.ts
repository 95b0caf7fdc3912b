import { createHash } from 'node:crypto'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { askText } from '@askfirst/protocol/ticket-ask.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { axeViolations, lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { openTicket, state, statement } from '../support/scripted-person.ts'

const program = findShell()
const PATIENCE_MS = 120_000
const EVIL = '<img src=x onerror=document.title="owned">'

describe.skipIf(program === null)('what the desk asks the person', () => {
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    device = await DeskDevice.connect(await DeskDevice.enrol(desk, 'pc-1'))
  }, 60_000)
  afterAll(async () => {
    device.close()
    await browser.close()
    await desk.close()
  })

  async function answer(ask: TicketAsk | undefined, choice: string, text?: string): Promise<StatementRecord['said']> {
    if (ask === undefined) throw new Error('The device was asked nothing')
    const askSha256 = createHash('sha256').update(askText(ask)).digest('hex')
    return { kind: 'decided', askId: ask.askId, askSha256, choice, ...(text === undefined ? {} : { text }) }
  }
  const nextAsk = async () => (await device.agent.next('ticket.asks')).asks.at(-1)

  it(
    '[T40] [T42] [C27] is a time or an approval, and what is allowed for that time ends with it',
    async () => {
      const tess = await desk.user('technician', 'Tess Technician')
      const ticketId = await openTicket(device.agent)
      const { page, troubles } = await desk.open(browser, tess, { path: `/tickets/${ticketId}` })
      const asked = page.getByRole('region', { name: 'Asked the person' })
      await asked.getByRole('button', { name: 'Propose times' }).click()
      const dialog = page.getByRole('dialog', { name: 'Propose times' })
      await dialog.getByLabel('What for', { exact: true }).fill(`Look at it together ${EVIL}`)
      const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
      await dialog.getByLabel('Time 1', { exact: true }).fill(`${day}T10:00`)
      expect(await axeViolations(page)).toEqual([])
      await dialog.getByRole('button', { name: 'Send to the person' }).click()
      await asked.getByText('Waits for the person').waitFor()
      const said = await answer(await nextAsk(), 'time-1', `Ring first ${EVIL}`)
      await state(device.agent, statement(device.agent, said, { ticketId }))
      await asked.getByText('Ring first <img').waitFor()
      await asked.getByRole('link', { name: 'Calendar file' }).waitFor()

      const body = { action: `Install the driver anew ${EVIL}`, risk: 'high', who: 'Tess' }
      const client = await desk.client(tess)
      await client.call('POST', `/api/tickets/${ticketId}/asks`, { kind: 'approve-action', body })
      await asked.getByText('Install the driver anew <img').waitFor()
      await expect.poll(async () => (await nextAsk())?.kind).toBe('approve-action')
      const { items } = await client.call<{ items: { ask: TicketAsk }[] }>('GET', `/api/tickets/${ticketId}/asks`)
      const approved = await answer(items.at(-1)?.ask, 'approved')
      await state(device.agent, statement(device.agent, approved, { ticketId }))
      await asked.getByText('they agree', { exact: true }).waitFor()
      expect(await lookAt(page, 'asked-person')).toEqual([])

      await page.getByRole('button', { name: 'Something else' }).click()
      const permission = page.getByRole('dialog')
      await permission.getByLabel('Purpose').fill(`To look at it together ${EVIL}`)
      await permission.getByLabel('Disk space').check()
      await permission.getByLabel('Permission counts').selectOption({ index: 1 })
      await permission.getByText('Nothing is read before.', { exact: false }).waitFor()
      expect(await axeViolations(page)).toEqual([])
      await permission.getByRole('button', { name: 'Ask the person' }).click()
      await permission.waitFor({ state: 'detached' })
      const request = await device.shown()
      const { from, until } = request.window ?? { from: '', until: '' }
      await device.allow(request, { validFrom: from, expiresAt: until })
      const side = page.getByRole('region', { name: 'Device and permission' })
      await side.getByRole('heading', { name: 'Allowed ahead' }).waitFor()
      await side.getByText(/begins in 1 d|begins in 2 d|begins in \d/).waitFor()
      await side.getByText('only. Nothing is read before.', { exact: false }).waitFor()
      expect(await side.getByRole('button', { name: /^Run/ }).count()).toBe(0)
      expect(await lookAt(page, 'allowed-ahead')).toEqual([])

      await side.getByRole('button', { name: 'End the permission' }).click()
      await device.agent.next('consent.withdraw')
      await side.getByRole('button', { name: 'Ask again' }).click()
      expect(await permission.getByLabel('Permission counts').inputValue()).toBe(request.window?.appointmentId)
      expect(await permission.getByLabel('Permission lasts').count()).toBe(0)
      await permission.getByRole('button', { name: 'Ask the person' }).click()
      const again = await device.shown()
      expect(again.window).toEqual(request.window)
      await device.allow(again, { validFrom: from, expiresAt: until })
      await side.getByRole('heading', { name: 'Allowed ahead' }).waitFor()
      await asked.getByRole('button', { name: 'Cancel the appointment' }).click()
      await side.getByRole('heading', { name: 'Ended by the desk' }).waitFor()
      await device.agent.next('consent.withdraw')
      await asked.getByText('The appointment was cancelled.').waitFor()
      expect(await page.title()).not.toBe('owned')
      expect(troubles.list).toEqual([])
    },
    PATIENCE_MS,
  )
})
