import { readMultipart } from '@askfirst/agent/ui/multipart.ts'
import { areaBetween, areaWithin, isCutOut, onPicture, smaller } from '@askfirst/agent/ui/picture/picture-geometry.js'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Browser } from '../../../support/page-world.ts'
import { hiddenOf, PageWorld } from '../../../support/page-world.ts'

const ANN = { osUser: 'ann', uid: 1_000 }
let world: PageWorld
let browser: Browser
beforeEach(async () => {
  world = new PageWorld()
  await world.server.open()
  browser = await world.browser()
})
afterEach(() => world.close())

const filled = { title: 'The printer is silent', hindrance: 'much', affected: 'only-me', name: 'Ann' }
const form = async (path = '/help/new') => hiddenOf((await world.get(browser, path)).body, `${path}/send`)
const tickets = () => world.parts.tickets.of(ANN)

async function opened(): Promise<TicketId> {
  await world.post(browser, '/help/new/send', { ...(await form()), ...filled })
  return tickets()[0]?.ticketId as TicketId // It was just opened.
}

describe('the form for help', () => {
  it('opens a ticket once, also when it is sent twice', async () => {
    const fields = { ...(await form()), ...filled }
    expect((await world.post(browser, '/help/new/send', fields)).status).toBe(303)
    const again = await world.post(browser, '/help/new/send', fields)
    expect([again.status, again.headers.location]).toEqual([303, `${browser.prefix}/help`])
    expect(tickets()).toHaveLength(1)
    expect((await world.get(browser, '/help')).body).toContain('That was sent already.')
  })

  it('keeps every word when something is missing, or its proof is too old, and sends nothing', async () => {
    const fields = { ...(await form()), ...filled, title: '', what: 'line 1\r\nline <2>' }
    const missing = await world.post(browser, '/help/new/send', fields)
    expect(missing.status).toBe(422)
    expect(missing.body).toContain('line 1\nline &lt;2&gt;</textarea>')
    expect(missing.body).toContain('href="#f-title"')
    const old = await world.post(browser, '/help/new/send', { ...fields, title: 'still here', proof: '1.x' })
    expect(old.status).toBe(422)
    expect(old.body).toContain('value="still here"')
    expect(tickets()).toEqual([])
  })

  it.each([200, 201])('counts the characters of a text itself: %i of 200', async (length) => {
    const sent = await world.post(browser, '/help/new/send', {
      ...(await form()),
      ...filled,
      title: 'x'.repeat(length),
    })
    expect(sent.status).toBe(length > 200 ? 422 : 303)
    if (length > 200) expect(sent.body).toContain('is too long: 201 characters, at most 200 are taken')
  })

  it('says a limit of the agent in plain words', async () => {
    for (let n = 0; n < 16; n += 1) await world.post(browser, '/help/new/send', { ...(await form()), ...filled })
    const more = await world.post(browser, '/help/new/send', { ...(await form()), ...filled })
    expect(more.status).toBe(422)
    expect(more.body).toContain('too many open tickets')
  })

  it('takes no choice that is none', async () => {
    const sent = await world.post(browser, '/help/new/send', { ...(await form()), ...filled, hindrance: 'x' })
    expect(sent.body).toContain('Choose how much it hinders you.')
  })
})

describe('the page of a ticket', () => {
  it('[P8] shows the words of the desk as text, without what turns or hides it', async () => {
    const ticketId = await opened()
    const text = '<img src=x onerror=alert(1)>\n\u202eneuter\u0007\n"You (ann)"'
    world.parts.tickets.words.messages({
      ...{ type: 'ticket.messages', ticketId, more: false },
      messages: [{ seq: 1, at: '2026-11-16T10:06:00.000Z', from: 'desk', author: 'Eve</p><b>', text }],
    })
    const { body } = await world.get(browser, `/help/${ticketId}`)
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;<br>neuter<br>')
    expect(body).toContain('Help desk: “Eve&lt;/p&gt;&lt;b&gt;”')
    expect(body).not.toContain('\u202e')
    expect(body).not.toContain('\u0007')
  })

  it('[P4] is nobody else’s: neither the page, nor the signed words in the record', async () => {
    const ticketId = await opened()
    const ben = { osUser: 'ben', uid: 1_001 }
    const receipts = (user: typeof ANN) => world.parts.handlers['history.receipts']({ after: 0, limit: 50 }, user)
    expect((await receipts(ANN)).receipts).toHaveLength(1)
    expect((await receipts(ben)).receipts).toEqual([])
    await expect(world.parts.handlers['help.ticket']({ ticketId }, ben)).rejects.toThrow('no ticket')
    const record = await world.get(browser, '/record')
    expect(record.body).toContain('You asked the help desk for help')
    expect(record.body).toContain('Signed receipt: checked, unchanged')
  })

  it('takes an answer once it was read, and no other than the two', async () => {
    const ticketId = await opened()
    const path = `/help/${ticketId}`
    world.parts.tickets.words.progress({
      ...({
        type: 'ticket.progress',
        ticketId,
        number: 1,
        title: 'x',
        openedBy: 'requester',
        state: 'resolved',
      } as const),
      ...{ openedAt: '2026-11-16T10:00:00.000Z', updatedAt: '2026-11-16T10:05:00.000Z' },
      ...{ assignee: null, fixed: null, lastMessage: 0 },
    })
    expect((await world.get(browser, '/')).body).toContain('The help desk asks: is it fixed?')
    const { body } = await world.get(browser, `${path}/fixed`)
    const fields = hiddenOf(body, `${path}/answer`)
    expect((await world.post(browser, `${path}/answer`, { ...fields, fixed: 'yes' })).status).toBe(425)
    world.nowMs += 2_000
    await world.post(browser, `${path}/answer`, { ...fields, fixed: 'perhaps' })
    expect(tickets()[0]?.statements).toHaveLength(1)
    await world.post(browser, `${path}/answer`, { ...fields, fixed: 'yes' })
    expect(tickets()[0]?.statements.at(-1)?.record.said).toEqual({ kind: 'answer', fixed: true })
    expect((await world.get(browser, '/')).body).not.toContain('The help desk asks: is it fixed?')
  })
})

describe('a form with a file', () => {
  const type = 'multipart/form-data; boundary=xyz'
  const body = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
  const field = '--xyz\nContent-Disposition: form-data; name="proof"\n\nabc\n'
  const file =
    '--xyz\nContent-Disposition: form-data; name="picture"; filename="../a.png"\nContent-Type: image/png\n\n\u0089PNG\n--x\n'

  it('is read to its fields and its bytes', () => {
    const read = readMultipart(type, body(`${field}${file}--xyz--\n`))
    expect(read?.fields.get('proof')).toBe('abc')
    expect(read?.file?.equals(body('\u0089PNG\n--x'))).toBe(true)
    expect(readMultipart('multipart/form-data; boundary="xyz"', body(`${field}--xyz--`))?.file).toBeNull()
  })

  it.each([
    ['no mark', 'multipart/form-data', `${field}--xyz--`],
    ['another mark', 'multipart/form-data; boundary=abc', `${field}--xyz--`],
    ['no end', type, field],
    ['no head', type, '--xyz\nabc\n--xyz--'],
    ['no name', type, '--xyz\nContent-Disposition: form-data\n\nabc\n--xyz--'],
    ['too many parts', type, `${field.repeat(18)}--xyz--`],
  ])('is none with %s', (_what, contentType, text) => {
    expect(readMultipart(contentType, body(text))).toBeNull()
  })
})

describe('places on a picture', () => {
  const size = { width: 100, height: 50 }
  it('are whole pixels within it, every pixel that was touched', () => {
    expect(areaBetween({ x: 10.6, y: 20.2 }, { x: 5.4, y: 30.1 }, size)).toEqual({ x: 5, y: 20, width: 6, height: 11 })
    expect(areaBetween({ x: -5, y: -5 }, { x: 500, y: 500 }, size)).toEqual({ x: 0, y: 0, ...size })
    expect(onPicture({ clientX: 60, clientY: 35 }, { left: 10, top: 10, width: 50, height: 25 }, size)).toEqual({
      x: 100,
      y: 50,
    })
  })

  it('are moved into it when they are typed; what lies outside is none', () => {
    expect(areaWithin({ x: 90, y: 40, width: 50, height: 50 }, size)).toEqual({ x: 90, y: 40, width: 10, height: 10 })
    expect(areaWithin({ x: 100, y: 0, width: 5, height: 5 }, size)).toBeNull()
    expect(areaWithin({ x: 0, y: 0, width: -5, height: 5 }, size)).toBeNull()
    expect(areaWithin({ x: Number.NaN, y: 0, width: 5, height: 5 }, size)).toBeNull()
  })

  it('are large enough for a picture from 8 pixels on', () => {
    expect(isCutOut({ x: 0, y: 0, width: 8, height: 8 })).toBe(true)
    expect(isCutOut({ x: 0, y: 0, width: 7, height: 8 })).toBe(false)
  })

  it('become fewer with every try, until the picture is short enough', () => {
    expect(smaller({ width: 1_000, height: 500 }, 400, 100)).toEqual({ width: 500, height: 250 })
    expect(smaller({ width: 1_000, height: 500 }, 101, 100)).toEqual({ width: 900, height: 450 })
    expect(smaller({ width: 1, height: 1 }, 400, 100)).toEqual({ width: 1, height: 1 })
  })
})
