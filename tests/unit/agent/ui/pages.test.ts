import type { AppointmentId } from '@askfirst/protocol/ids.ts'
import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Browser } from '../../../support/page-world.ts'
import { hiddenOf, PageWorld } from '../../../support/page-world.ts'

let world: PageWorld
let browser: Browser
beforeEach(async () => {
  world = new PageWorld()
  await world.server.open()
  browser = await world.browser()
})
afterEach(() => world.close())

/** The text of a page as a person reads it. */
const textOf = (body: string) =>
  body
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')

async function open(path: string) {
  const reply = await world.get(browser, path)
  expect(reply.status).toBe(200)
  const fields = hiddenOf(reply.body)
  world.nowMs += 5_000
  return { ...reply, fields }
}

describe('the words of the pages', () => {
  it('exist in every language for every key, with the same places', () => {
    const places = (text: string) => [...text.matchAll(/\{[a-zA-Z]+\}/g)].map(([place]) => place).toSorted()
    const en = wordsOf('en').pages
    for (const language of LANGUAGES) {
      const texts = wordsOf(language).pages
      expect(Object.keys(texts), language).toEqual(Object.keys(en))
      for (const key of Object.keys(en) as (keyof typeof en)[])
        expect([key, places(texts[key])]).toEqual([key, places(en[key])])
    }
  })
})

describe('the page that asks', () => {
  it('[C19] shows every sentence of the notice, in its order, and Do not allow first and with the focus', async () => {
    const { requestId } = await world.asked()
    const { body, headers } = await open(`/requests/${requestId}`)
    const { notice } = await world.parts.disk.book.show(requestId)
    const text = textOf(body)
    let at = 0
    for (const { heading, lines, items } of notice.sections) {
      const said = items.flatMap(({ title, reads, notRead, parameters }) => [title, reads, notRead, ...parameters])
      for (const line of [heading, ...lines, ...said]) {
        const found = text.indexOf(line.replaceAll(/\s+/g, ' '), at)
        expect(found, line).toBeGreaterThanOrEqual(0)
        at = found
      }
    }
    const controls = [...body.matchAll(/<(button|input|select|a|summary)\b(?![^>]*hidden)[^>]*>/g)].map(([tag]) => tag)
    expect(controls[0]).toContain('autofocus')
    expect(body).toMatch(/<button class="no" autofocus>Do not allow<\/button>/)
    expect(headers.refresh).toBeUndefined()
  })

  it('[C6] allows only what is ticked, for a shorter time, with a look first, and says so in the receipt', async () => {
    const { requestId } = await world.asked()
    const { fields } = await open(`/requests/${requestId}`)
    const none = await world.post(browser, `/requests/${requestId}/allow-ticked`, fields)
    expect(none.body).toContain('Nothing is ticked')
    const chosen = { ...fields, tick: ['process.list'], minutes: '15', review: 'yes' }
    const reply = await world.post(browser, `/requests/${requestId}/allow-ticked`, chosen)
    expect(reply.headers.location).toBe(`${browser.prefix}/session`)
    const [held] = world.parts.disk.book.grants()
    expect(held?.grant).toMatchObject({ collectors: [{ id: 'process.list' }], review: true })
    expect(Date.parse(held?.grant.expiresAt ?? '') - Date.parse(held?.grant.validFrom ?? '')).toBe(15 * 60_000)
    const [jws = ''] = world.parts.disk.heard.receipts
    const record = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
    expect(record).toMatchObject({ decision: { method: 'page' }, processing: { notice: { language: 'en' } } })
  })

  it('keeps what was filled in while it shows an example or another language, and the answer names that language', async () => {
    const { requestId } = await world.asked()
    const { fields } = await open(`/requests/${requestId}`)
    const filled = { ...fields, tick: ['eventlog.query'], minutes: '5', reason: 'Maybe later', review: 'yes' }
    const shown = await world.post(browser, `/requests/${requestId}/view`, { ...filled, example: 'process.list' })
    expect(textOf(shown.body)).toContain('An example from this computer. It was read just now and sent to nobody.')
    expect(shown.body).toContain('<dt>user</dt><dd>root</dd>')
    const german = await world.post(browser, `/requests/${requestId}/view`, { ...filled, language: 'de' })
    expect(german.body).toContain('<html lang="de" dir="ltr">')
    expect(german.body).toMatch(/value="eventlog.query" checked/)
    expect(german.body).toMatch(/<option value="5" selected>/)
    expect(german.body).toContain('value="Maybe later"')
    world.nowMs += 5_000
    await world.post(browser, `/requests/${requestId}/allow`, hiddenOf(german.body))
    const [jws = ''] = world.parts.disk.heard.receipts
    const record = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
    expect(record.processing.notice.language).toBe('de')
  })

  it('says no with a reason, reminds later, and reports', async () => {
    const [one, two, three] = [await world.asked(), await world.asked(), await world.asked()]
    const answer = async (requestId: string, act: string, more = {}) =>
      world.post(browser, `/requests/${requestId}/${act}`, {
        ...(await open(`/requests/${requestId}`)).fields,
        ...more,
      })
    await answer(one.requestId, 'later')
    expect(world.reminded).toEqual([one.requestId])
    await answer(two.requestId, 'deny', { reason: 'In a meeting' })
    expect(Buffer.from(world.parts.disk.heard.receipts[0]?.split('.')[1] ?? '', 'base64url').toString()).toContain(
      'In a meeting',
    )
    await answer(three.requestId, 'report', { reason: 'Wrong code' })
    expect(world.parts.disk.heard.reports).toHaveLength(1)
    const home = await open('/')
    expect(textOf(home.body)).toContain('Reported. This person cannot ask this computer again')
    expect(textOf(home.body)).toContain('Blocked because you reported it: “Tina Tech”')
    expect((await world.get(browser, `/requests/${three.requestId}`)).headers.location).toBe(`${browser.prefix}/`)
  })

  it('[C21] tells that a block was lifted until the person has read it', async () => {
    const { requestId } = await world.asked()
    const reportId = await world.parts.disk.book.report(requestId, { osUser: 'ann', method: 'page' })
    const at = '2026-11-16T11:00:00.000Z'
    await world.parts.disk.book.cleared({ type: 'report.cleared', reportId, at, by: 'Lea Lead', reason: 'Ours' })
    const { body } = await open('/')
    expect(textOf(body)).toContain('as the server says by “Lea Lead”. Reason: “Ours”')
    await world.post(browser, `/reports/${reportId}/read`, hiddenOf(body, `/reports/${reportId}`))
    expect(textOf((await open('/')).body)).not.toContain('Lea Lead')
  })

  it('[C3] shows hostile words as text, everywhere', async () => {
    const evil = `<img src=x onerror=alert(1)>"'&</title><script>x</script>\u202e`
    const request = await world.asked({
      purpose: evil,
      technician: { ...world.parts.disk.request().technician, name: evil },
      ticket: { ...world.parts.disk.request().ticket, title: evil, requester: evil },
      organisation: { name: evil, contact: evil },
      destination: evil,
    })
    world.example = { ok: true, row: { [evil]: evil } }
    world.parts.rows = [{ number: 1, json: JSON.stringify({ [evil]: evil, more: { evil } }) }]
    const { fields } = await open(`/requests/${request.requestId}`)
    const bodies = [
      (await world.get(browser, `/requests/${request.requestId}`)).body,
      (
        await world.post(browser, `/requests/${request.requestId}/view`, {
          ...fields,
          example: 'process.list',
          reason: evil,
        })
      ).body,
      (await world.get(browser, '/')).body,
      (await world.get(browser, `/reviews/${world.parts.runId}?q=${encodeURIComponent('<img')}`)).body,
    ]
    await world.post(browser, `/requests/${request.requestId}/allow`, fields)
    bodies.push((await world.get(browser, '/session')).body, (await world.get(browser, '/record')).body)
    for (const body of bodies) {
      expect(body).toContain('&lt;img src=x')
      expect(body).not.toMatch(/<img|<script|\u202e/)
    }
  })
})

describe('the page of a session', () => {
  it('[C12] says what is allowed and for how long, loads itself again, and stops by one click at once', async () => {
    const { requestId } = await world.asked()
    const { fields } = await open(`/requests/${requestId}`)
    await world.post(browser, `/requests/${requestId}/allow`, fields)
    const page = await world.get(browser, '/session')
    expect(page.headers.refresh).toBe('3')
    expect(textOf(page.body)).toContain('0 rows, 0 bytes')
    expect((await world.get(browser, '/session?still=1')).headers.refresh).toBeUndefined()
    const [held] = world.parts.disk.book.grants()
    const path = `/grants/${held?.grant.grantId}`
    await world.post(browser, `${path}/stop`, hiddenOf(page.body, path))
    expect(world.parts.disk.heard.ended).toEqual([`${held?.grant.grantId} revoked`])
    expect(textOf((await world.get(browser, '/session')).body)).toContain('Stopped. What was running was ended')
  })
})

describe('a permission for an appointment', () => {
  it('[C24] [C26] is asked, shown and taken back with its time, and no session is called active before', async () => {
    const { clock } = world.parts.disk
    clock.wall = Date.now()
    const [begin, end] = [clock.wall + 86_400_000, clock.wall + 90_000_000]
    const window = { from: new Date(begin).toISOString(), until: new Date(end).toISOString() }
    const { requestId } = await world.asked({
      durationMs: 3_600_000,
      window: { appointmentId: 'apt_00000000000000000000000000' as AppointmentId, ...window },
    })
    const { body, fields } = await open(`/requests/${requestId}`)
    expect(textOf(body)).toMatch(/Allowed ahead, for one time only You allow this for .+ to \d\d:\d\d only/)
    expect(textOf(body)).toContain('Nothing is read before.')
    await world.post(browser, `/requests/${requestId}/allow`, fields)
    const [held] = world.parts.disk.book.grants()
    expect(held?.grant).toMatchObject({ validFrom: window.from, expiresAt: window.until })
    const home = textOf((await world.get(browser, '/')).body)
    expect(home).toContain('Allowed ahead of time')
    expect(home).not.toContain('A support session is active')
    expect(textOf((await open('/record')).body)).toMatch(/Allowed for .+ only\. Nothing is read before\./)
    const session = await world.get(browser, '/session')
    expect(textOf(session.body)).toContain('only. Nothing is read before.')
    expect(textOf(session.body)).not.toContain('Support session active')
    const path = `/grants/${held?.grant.grantId}`
    await world.post(browser, `${path}/stop`, hiddenOf(session.body, path))
    expect(world.parts.disk.heard.ended).toEqual([`${held?.grant.grantId} revoked`])
  })
})

describe('the page for looking first', () => {
  it('[C18] [C22] shows rows in pages and by search, and sends the rest without rows and columns', async () => {
    const { runId } = world.parts
    world.parts.rows = Array.from({ length: 120 }, (_, at) => ({
      number: at + 1,
      json: JSON.stringify({ name: `program ${at + 1}`, user: 'ann', ...(at === 0 ? { path: '/home/ann' } : {}) }),
    }))
    const first = await open(`/reviews/${runId}`)
    expect(textOf(first.body)).toContain('Rows 1 to 50 of 120')
    expect(first.body).toContain('<th scope="col">path</th>')
    expect(textOf((await open(`/reviews/${runId}?page=3`)).body)).toContain('Rows 101 to 120 of 120')
    const found = await open(`/reviews/${runId}?q=PROGRAM+7`)
    expect(textOf(found.body)).toContain('11 rows contain “PROGRAM 7”')
    await world.post(browser, `/reviews/${runId}/mark-found`, { ...hiddenOf(found.body, 'mark-found'), q: 'PROGRAM 7' })
    const marks = {
      ...hiddenOf(first.body, '/mark'),
      row: ['1', '2'],
      column: [Buffer.from('user').toString('base64url')],
    }
    await world.post(browser, `/reviews/${runId}/mark`, marks)
    const marked = await open(`/reviews/${runId}`)
    expect(textOf(marked.body)).toContain('To be left out: 12 rows, 1 columns')
    expect(marked.body).not.toContain('<th scope="col">user</th>')
    await world.post(browser, `/reviews/${runId}/send`, hiddenOf(marked.body, `/reviews/${runId}/send`))
    expect(world.parts.sent).toEqual([
      [
        { from: 1, to: 2 },
        { from: 70, to: 79 },
      ],
    ])
    expect(world.parts.columns).toEqual([['user']])
  })

  it('[C18] sends nothing and deletes all when that is wanted', async () => {
    const { runId } = world.parts
    world.parts.rows = [{ number: 1, json: '{"a":1}' }]
    const { body } = await open(`/reviews/${runId}`)
    await world.post(browser, `/reviews/${runId}/discard`, hiddenOf(body, `/reviews/${runId}/send`))
    expect(world.parts.discarded).toEqual([runId])
  })
})

describe('my data', () => {
  it('[C16] lists every request with its answer, checked, and gives it all as a file', async () => {
    const { requestId } = await world.asked()
    const { fields } = await open(`/requests/${requestId}`)
    await world.post(browser, `/requests/${requestId}/allow`, fields)
    const { body } = await open('/record')
    const text = textOf(body)
    expect(text).toMatch(/Checked just now: all \d+ entries of the record are unchanged/)
    expect(text).toContain('Allowed by “ann”')
    expect(text).toContain('Signed receipt: checked, unchanged')
    expect(text).toContain('Take it back now')
    const file = await world.get(browser, '/record/export')
    expect(file.headers['content-disposition']).toContain('attachment')
    expect(JSON.parse(file.body)).toMatchObject({ format: 'askfirst.device-history.v1', receipts: [{}] })
  })
})
