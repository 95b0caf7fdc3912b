import { systemClock } from '@askfirst/server/clock.ts'
import { createMailWriter } from '@askfirst/server/mail/mail-writer.ts'
import type { OutgoingMail } from '@askfirst/server/mail/smtp.ts'
import { MailIntake } from '@askfirst/server/mail-in/mail-intake.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk, watchTroubles } from '../support/browser/web-desk.ts'
import { PNG } from '../support/person-records.ts'

const program = findShell()
const PATIENCE_MS = 180_000

describe.skipIf(program === null)('a person without an agent', () => {
  let browser: Browser
  let desk: WebDesk
  const mails: OutgoingMail[] = []
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    const deliver = async (mail: OutgoingMail) => {
      mails.push(mail)
      return { outcome: 'sent' } as const
    }
    const mail = { mailFrom: 'Desk <help@desk.example>', smtpHost: '127.0.0.1' }
    desk = await WebDesk.start(mail, { mailTransport: { deliver } })
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await desk.close()
  })

  it('is written to with a template, follows the link in the mail, and answers', { timeout: PATIENCE_MS }, async () => {
    const tess = await desk.user('technician', 'Tess')
    const client = await desk.client(tess)
    const wish = { title: 'No sound <b>', requesterName: 'Kim', requesterEmail: 'kim@home.example' }
    const { id } = await client.call<{ id: string }>('POST', '/api/tickets', wish)
    const { page, troubles } = await desk.open(browser, tess, { path: `/tickets/${id}` })
    await page.getByLabel('Message to the person', { exact: true }).check()
    const menu = page.getByText('Insert a template', { exact: true })
    await menu.focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const box = page.getByRole('textbox', { name: 'Message', exact: true })
    await expect.poll(() => box.inputValue()).toMatch(/^Hello Kim,\n\nI have your ticket 1 .*\n\nTess$/s)
    await box.press('Control+Enter')
    await page.getByText('2 mails', { exact: true }).click()
    await page.getByText('A message to kim@home.example').waitFor()
    await expect.poll(() => page.getByText('Sent', { exact: true }).count()).toBe(2)
    expect(await lookAt(page, 'ticket-mail')).toEqual([])

    const link = /(http\S+\/r\/\S+)/.exec(mails.find(({ text }) => text.includes('Hello Kim'))?.text ?? '')?.[1] ?? ''
    const person = await (await browser.newContext({ locale: 'en' })).newPage()
    const personTroubles = watchTroubles(person)
    await person.goto(link)
    await person.getByRole('button', { name: 'Open my ticket' }).click()
    await person.getByRole('heading', { level: 1, name: 'Ticket 1: No sound <b>' }).waitFor()
    await person.getByText('Hello Kim,').waitFor()
    await person.getByRole('textbox', { name: 'Your message' }).fill('It hums now')
    await person.getByRole('button', { name: 'Send' }).click()
    await person.getByText('Sent. The help desk sees it now.').waitFor()
    const begin = Date.now() + 86_400_000
    const times = [0, 3].map((day) => {
      const from = begin + day * 86_400_000
      return { from: new Date(from).toISOString(), until: new Date(from + 3_600_000).toISOString() }
    })
    const proposal = { what: 'Look at the speaker', place: 'Room 12', times }
    await client.call('POST', `/api/tickets/${id}/appointments`, proposal)
    await person.reload()
    await person.getByRole('heading', { name: 'Which time suits you?' }).waitFor()
    expect(await lookAt(person, 'requester-ticket')).toEqual([])
    const question = person.getByRole('region', { name: 'Which time suits you?' })
    await question.getByRole('radio').first().focus()
    await person.keyboard.press('ArrowDown')
    await question.getByRole('textbox').fill('Ring twice')
    await question.getByRole('button', { name: 'Send this answer' }).click()
    await person.getByText('Thank you. The help desk has your answer.').waitFor()
    const coming = person.waitForEvent('download')
    await person.getByRole('link', { name: 'Calendar file for this appointment' }).click()
    expect((await coming).suggestedFilename()).toBe('appointment.ics')
    expect(await lookAt(person, 'requester-answered')).toEqual([])
    await page.getByText('(Kim, by link from a mail, not signed)').waitFor()
    await person.getByRole('button', { name: 'Leave this page' }).click()
    await person.goto(link)
    await person.getByRole('button', { name: 'Send me a new link' }).click()
    await person.getByRole('heading', { name: 'Look into your mail' }).waitFor()
    await expect.poll(() => mails.length).toBe(4)

    await page.getByText('By link from a mail, not signed by a device').first().waitFor()
    expect([...troubles.list, ...personTroubles.list]).toEqual([])
  })

  it('sends files by mail, which stand under its words with what was left out', { timeout: PATIENCE_MS }, async () => {
    const { store, settings } = desk.server.services
    const mails = createMailWriter({ settings, clock: systemClock, store, sender: null })
    const intake = new MailIntake({ store, clock: systemClock, mails, ownAddress: null })
    const part = (name: string, content: Buffer) =>
      `--x\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="${name}"\r\n` +
      `Content-Transfer-Encoding: base64\r\n\r\n${content.toString('base64')}\r\n`
    const files = [part('Screen.png', PNG), part('winmail.dat', Buffer.from([0x78, 0x9f, 0x3e, 0x22]))]
    const source = `From: lou@home.example\r\nMessage-ID: <a@home.example>\r\nSubject: Blue\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nIt is blue.\r\n${files.join('')}--x--\r\n`
    const taken = await intake.take(Buffer.from(source))
    const ticket = await store.tickets.byNumber('ticketNumber' in taken ? taken.ticketNumber : 0)
    const tim = await desk.user('technician', 'Tim')
    const { page, troubles } = await desk.open(browser, tim, { path: `/tickets/${ticket?.id}` })
    await page.getByText('The file “winmail.dat” was left out: neither a picture (PNG, JPEG) nor plain text.').waitFor()
    await page.getByRole('button', { name: 'Show Screen.png whole' }).waitFor()
    const coming = page.waitForEvent('download')
    await page.getByRole('link', { name: /^Screen\.png/ }).click()
    expect((await coming).suggestedFilename()).toBe('Screen.png')
    await page.getByText('Mails are in English, the organisation’s language.').waitFor()
    await page.getByRole('button', { name: 'Edit title, text, devices, people' }).click()
    await page.getByRole('combobox', { name: 'Language of mails to the requester' }).selectOption({ label: 'Deutsch' })
    expect(await lookAt(page, 'ticket-edit-languages')).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Mails are in Deutsch, as set for this ticket.').waitFor()
    expect(await lookAt(page, 'ticket-mail-files')).toEqual([])
    await page.goto(`${desk.url}/account`)
    await page.getByRole('checkbox', { name: 'A person answers in a ticket of mine' }).check()
    await page.getByRole('combobox', { name: 'Language of these mails' }).selectOption({ label: 'Deutsch' })
    await page.getByRole('button', { name: 'Save the alerts' }).click()
    const alerts = page.getByRole('region', { name: 'Alerts by e-mail' })
    await alerts.getByText('Saved.').waitFor()
    expect(await lookAt(page, 'account-alerts')).toEqual([])
    await page.reload()
    await expect.poll(() => alerts.getByRole('checkbox', { checked: true }).count()).toBe(1)
    expect(troubles.list).toEqual([])
  })
})
