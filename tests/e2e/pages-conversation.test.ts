import type { AttachmentRef, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { openedSaid } from '../support/person-records.ts'
import { scriptedId } from '../support/scripted-agent.ts'
import { namedFile, openTicket, piece, state, statement } from '../support/scripted-person.ts'

const program = findShell()
const PATIENCE_MS = 120_000
const EVIL = '<img src=x onerror=document.title="owned">'

describe.skipIf(program === null)('what the desk and the person say to each other', () => {
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    device = await DeskDevice.connect(await DeskDevice.enrol(desk, `pc-1${EVIL}`))
  }, 60_000)
  afterAll(async () => {
    device.close()
    await browser.close()
    await desk.close()
  })

  /** A ticket of the person with a picture that arrives whole and one that does not. */
  async function askForHelp() {
    const shot = await browser.newPage({ viewport: { width: 640, height: 360 } })
    await shot.setContent('<body style="background:#246"><h1 style="color:white">Printer error 0x61011bed</h1></body>')
    const picture = await shot.screenshot()
    await shot.close()
    const attachments: AttachmentRef[] = [
      namedFile(picture, { name: `Screen ${EVIL}.png` }),
      namedFile(Buffer.from('late'), { name: 'later.txt', mediaType: 'text/plain' }),
    ]
    const ticketId = await openTicket(
      device.agent,
      openedSaid({
        title: `Printer prints nothing ${EVIL}`,
        what: `It hums, then an error shows.\nNothing comes out. ${EVIL}`,
        since: 'this morning',
        changed: 'new toner',
        errorText: '0x61011bed',
        impact: 'I cannot send invoices.',
        hindrance: 'cannot-work',
        affected: 'some',
        attachments,
      }),
    )
    const [first] = attachments
    device.agent.send(piece(first?.attachmentId ?? scriptedId('att'), picture, 0))
    return ticketId
  }

  it(
    'shows what the person asked for, with their pictures, and carries messages both ways',
    async () => {
      const tess = await desk.user('technician', 'Tess Technician')
      const ticketId = await askForHelp()
      const { page, troubles } = await desk.open(browser, tess, { path: `/tickets/${ticketId}` })
      const story = page.getByRole('region', { name: 'What happened' })
      await story.getByText('asked for help').waitFor()
      await story.getByText('Nothing comes out. <img src=x').waitFor()
      await story.getByText('I cannot send invoices.').waitFor()
      await page.getByText('P1 Critical').or(page.getByText('P2 High')).waitFor()
      await story.getByText('Has not arrived yet').waitFor()
      await story.getByRole('button', { name: /^Show Screen <img/ }).click()
      const width = "document.querySelector('[role=dialog] img')?.naturalWidth"
      await expect.poll(() => page.evaluate<number>(width)).toBe(640)
      expect(await lookAt(page, 'conversation-picture')).toEqual([])
      await page.keyboard.press('Escape')

      await story.getByLabel('Message to the person').check()
      await story.getByLabel('Message', { exact: true }).fill(`Is the cover closed? ${EVIL}`)
      await story.getByRole('button', { name: 'Send to the person' }).click()
      await story.getByRole('blockquote').filter({ hasText: 'Is the cover closed?' }).waitFor()
      device.agent.send({ type: 'ticket.follow', ticketId, after: 0 })
      const { messages } = await device.agent.next('ticket.messages')
      expect(messages.at(-1)).toMatchObject({
        from: 'desk',
        author: 'Tess Technician',
        text: `Is the cover closed? ${EVIL}`,
      })

      await story.getByLabel('Note for the desk').check()
      await story.getByLabel('Note', { exact: true }).fill('Toner of a cheap brand, I guess')
      await story.getByRole('button', { name: 'Add note' }).click()
      await story.getByRole('blockquote').filter({ hasText: 'cheap brand' }).waitFor()
      device.agent.send({ type: 'ticket.follow', ticketId, after: 0 })
      const later = await device.agent.next('ticket.messages')
      expect(JSON.stringify(later)).not.toContain('cheap brand')

      const reply: StatementRecord['said'] = { kind: 'reply', text: `It was open ${EVIL}`, attachments: [] }
      await state(device.agent, statement(device.agent, reply, { ticketId }))
      await story.getByRole('blockquote').filter({ hasText: 'It was open <img' }).waitFor()
      await state(device.agent, statement(device.agent, { kind: 'answer', fixed: true }, { ticketId }))
      await page.getByText('Fixed, says the person', { exact: true }).waitFor()
      await story.getByText('says that it is fixed').waitFor()
      expect(await lookAt(page, 'conversation')).toEqual([])

      await story.getByRole('button', { name: 'Only messages' }).click()
      await expect.poll(() => story.getByRole('blockquote').filter({ hasText: 'cheap brand' }).count()).toBe(0)
      expect(await page.locator('main [onerror]').count()).toBe(0)
      expect(await page.title()).not.toBe('owned')
      expect(troubles.list).toEqual([])
      await page.context().close()
    },
    PATIENCE_MS,
  )

  it(
    'keeps the draft of a note and the draft of a message apart',
    async () => {
      const kim = await desk.user('technician', 'Kim Technician')
      const ticketId = await openTicket(device.agent)
      const { page, troubles } = await desk.open(browser, kim, { path: `/tickets/${ticketId}` })
      await page.getByLabel('Note', { exact: true }).fill('Rude words that stay here')
      await page.getByLabel('Message to the person').check()
      expect(await page.getByLabel('Message', { exact: true }).inputValue()).toBe('')
      expect(await page.getByRole('button', { name: 'Send to the person' }).isDisabled()).toBe(true)
      await page.getByLabel('Message', { exact: true }).fill('Kind words')
      await page.getByLabel('Message', { exact: true }).press('Control+Enter')
      await page.getByRole('blockquote').filter({ hasText: 'Kind words' }).waitFor()
      await page.getByLabel('Note for the desk').check()
      expect(await page.getByLabel('Note', { exact: true }).inputValue()).toBe('Rude words that stay here')
      expect(await page.getByRole('blockquote').filter({ hasText: 'Rude words' }).count()).toBe(0)
      expect(troubles.list).toEqual([])
      await page.context().close()
    },
    PATIENCE_MS,
  )
})
