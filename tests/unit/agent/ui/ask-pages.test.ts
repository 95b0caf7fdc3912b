import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Browser } from '../../../support/page-world.ts'
import { hiddenOf, PageWorld } from '../../../support/page-world.ts'
import { id } from '../consent/consent-fixture.ts'

const ANN = { osUser: 'ann', uid: 1_000 }
const EVIL = '<b>bold</b>\u202e'
let world: PageWorld
let browser: Browser
let ticketId: TicketId
beforeEach(async () => {
  world = new PageWorld()
  await world.server.open()
  browser = await world.browser()
  const said = { name: 'Ann', title: 'No sound', hindrance: 'much', affected: 'only-me' } as const
  ticketId = (await world.parts.handlers['help.open']({ ...said, files: [], language: 'en' }, ANN)).ticketId
})
afterEach(() => world.close())

const BY = { name: `Tess ${EVIL}`, role: 'lead' } as const
const of = () => ({ askId: id('ask'), at: '2026-11-16T10:00:00.000Z', by: BY })
const approval = (): TicketAsk => {
  const body = { action: `Restart it ${EVIL}`, risk: 'high', who: 'Tess', why: 'It hangs' } as const
  return { ...of(), kind: 'approve-action', body }
}
const times = (): TicketAsk => {
  const option = { optionId: 'time-1', from: '2027-01-04T09:00:00.000Z', until: '2027-01-04T09:30:00.000Z' }
  return { ...of(), kind: 'pick-time', body: { what: 'Look at it', place: 'Room 12', options: [option] } }
}
const ask = (...asks: TicketAsk[]) => world.parts.tickets.words.asks({ type: 'ticket.asks', ticketId, asks })
const pathOf = ({ askId }: TicketAsk) => `/help/${ticketId}/${askId}`
const get = async (path: string) => (await world.get(browser, path)).body
const said = () =>
  world.parts.tickets
    .of(ANN)[0]
    ?.statements.flatMap(({ record }) => record.said)
    .at(-1)

async function send(asked: TicketAsk, fields: Record<string, string>) {
  const form = hiddenOf(await get(pathOf(asked)), `${pathOf(asked)}/answer`)
  world.nowMs += 2_000
  return world.post(browser, `${pathOf(asked)}/answer`, { ...form, ...fields })
}

describe('a question of the desk on the pages of the person', () => {
  it('[P10] is shown where the person looks, the desk’s words quoted and the meaning in the agent’s', async () => {
    const asked = approval()
    ask(asked)
    expect(await get('/')).toContain('The help desk asks you something')
    const ticket = await get(`/help/${ticketId}`)
    expect(ticket).toContain('“Restart it &lt;b&gt;bold&lt;/b&gt;”')
    expect(ticket).not.toContain('\u202e')
    const page = await get(pathOf(asked))
    for (const words of ['team lead', '“It hangs”', 'The help desk does not say.', 'allows nobody to read anything'])
      expect(page).toContain(words)
    expect(page).not.toContain('http-equiv')
  })

  it('[P11] [P13] takes an answer that was read, signs it with the words, and says so', async () => {
    const asked = approval()
    ask(asked)
    const form = hiddenOf(await get(pathOf(asked)), `${pathOf(asked)}/answer`)
    const quick = await world.post(browser, `${pathOf(asked)}/answer`, { ...form, choice: 'approved', text: 'soon' })
    expect(quick.status).toBe(422)
    expect(quick.body).toContain('soon</textarea>')
    expect(said()).toMatchObject({ kind: 'opened' })
    expect((await send(asked, { choice: 'good' })).status).toBe(422)
    expect((await send(asked, { choice: 'approved', text: 'x'.repeat(2_001) })).status).toBe(422)
    expect((await send(asked, { choice: 'approved', text: 'after lunch' })).status).toBe(303)
    expect(said()).toMatchObject({ kind: 'decided', askId: asked.askId, choice: 'approved', text: 'after lunch' })
    const ticket = await get(`/help/${ticketId}`)
    expect(ticket).toContain('<strong>Yes, I agree</strong>')
    expect(ticket).toContain('after lunch')
    expect(await get('/')).not.toContain('The help desk asks you something')
  })

  it('[P11] that changed since it was read takes no answer', async () => {
    const asked = approval()
    ask(asked)
    const form = hiddenOf(await get(pathOf(asked)), `${pathOf(asked)}/answer`)
    ask({ ...asked, by: { name: 'Tess', role: 'lead' } })
    world.nowMs += 2_000
    await world.post(browser, `${pathOf(asked)}/answer`, { ...form, choice: 'approved' })
    expect(said()).toMatchObject({ kind: 'opened' })
    expect(await get(`/help/${ticketId}`)).toContain('was taken back, or its time is over')
  })

  it('[T40] [T44] has its times in the zone of this computer, and the one that was picked as a calendar file', async () => {
    const asked = times()
    ask(asked)
    const page = await get(pathOf(asked))
    expect(page).toContain(new Intl.DateTimeFormat().resolvedOptions().timeZone)
    expect(page).toContain('Monday, January 4, 2027')
    expect(page).toContain('None of these times')
    expect((await world.get(browser, `${pathOf(asked)}/calendar`)).status).toBe(303)
    expect((await send(asked, { choice: 'time-1' })).status).toBe(303)
    expect(await get(`/help/${ticketId}`)).toContain('Calendar file for this appointment')
    const file = await world.get(browser, `${pathOf(asked)}/calendar`)
    expect(file.headers['content-type']).toBe('text/calendar; charset=utf-8')
    expect(file.body).toContain(`UID:${asked.askId}@askfirst\r\n`)
    expect(file.body).toContain('DTSTART:20270104T090000Z\r\n')
  })
})
