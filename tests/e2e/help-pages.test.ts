import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { METADATA, noisyPicture, PICTURE, SECRET, seen, testPicture } from '../support/browser/test-picture.ts'
import { watchTroubles } from '../support/browser/web-desk.ts'
import { PageWorld } from '../support/page-world.ts'

const program = findShell()
const ANN = { osUser: 'ann', uid: 1_000 }
const SECRET_PLACE = [SECRET.x + 20, SECRET.y + 10] as const

describe.skipIf(program === null)('the pages on which a person gets help', { timeout: 240_000 }, () => {
  let browser: Browser
  let world: PageWorld
  let blank: Page
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    world = new PageWorld()
    await world.server.open()
    blank = await (await browser.newContext()).newPage()
  })
  afterAll(async () => {
    await browser.close()
    await world.close()
  })

  /** A browser at a page of the person's. */
  async function opened(path: string, options: { readonly javaScriptEnabled?: boolean } = {}) {
    const page = await (await browser.newContext(options)).newPage()
    const troubles = watchTroubles(page).list
    await page.goto(world.server.link(path))
    await page.getByRole('heading', { level: 1 }).waitFor()
    world.nowMs += 5_000
    return { page, troubles }
  }

  /** The picture tool, for a new ticket. */
  async function atPictures(options: { readonly javaScriptEnabled?: boolean } = {}) {
    const at = await opened('/help/new', options)
    await at.page.getByRole('button', { name: 'Add a picture' }).click()
    await at.page.getByRole('heading', { name: 'Add a picture' }).waitFor()
    return at
  }

  const folder = () => join(world.parts.disk.dataDir, 'attachments')
  const files = () => new Set(readdirSync(folder()))
  /** The one file that came since. */
  function arrivedSince(before: ReadonlySet<string>): Buffer {
    const fresh = [...files()].filter((name) => !before.has(name))
    expect(fresh).toHaveLength(1)
    return readFileSync(join(folder(), fresh[0] ?? ''))
  }
  /** A page that loads itself again is looked at when that was stopped: it would load in the midst of a picture. */
  async function lookAtStill(page: Page, name: string): Promise<readonly string[]> {
    await page.getByRole('link', { name: 'Stop updating by itself' }).click()
    await page.getByRole('link', { name: 'Update by itself again' }).waitFor()
    const problems = await lookAt(page, name)
    await page.getByRole('link', { name: 'Update by itself again' }).click()
    await page.getByRole('link', { name: 'Stop updating by itself' }).waitFor()
    return problems
  }
  async function choose(page: Page, bytes: Buffer): Promise<void> {
    await page.locator('#picture-file').setInputFiles({ name: 'shot.png', mimeType: 'image/png', buffer: bytes })
  }
  async function addIt(page: Page, count: number): Promise<void> {
    await page.getByRole('button', { name: 'Add this picture' }).click()
    // A large picture takes a while to be made, on a busy machine above all.
    await expect.poll(() => page.locator('section').first().locator('li').count(), { timeout: 60_000 }).toBe(count)
  }

  it('[P1] [P5] take a ticket with a covered picture, keep what was typed, and show the answer of the desk', async () => {
    const { page, troubles } = await opened('/')
    await page.getByRole('link', { name: 'Get help with a problem' }).click()
    await page.getByLabel('Since when?').fill('this morning')
    await page.getByRole('button', { name: 'Send to the help desk' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').getByRole('link').allTextContents()).toEqual([
      'Say in one sentence what is wrong.',
      'Choose how much it hinders you.',
    ])
    expect(await page.getByLabel('Since when?').inputValue()).toBe('this morning')
    expect(await lookAt(page, 'help-form-errors')).toEqual([])
    await page.getByLabel('What is wrong').fill('The printer is silent <b>now</b>')
    await page.getByLabel('Much: some').check()

    await page.getByRole('button', { name: 'Add a picture' }).click()
    await page.getByRole('heading', { name: 'Add a picture' }).waitFor()
    expect(new URL(page.url()).host).toBe(world.pictures.host)
    const before = files()
    await choose(page, await testPicture(blank))
    const view = page.locator('#picture-view')
    await view.scrollIntoViewIfNeeded()
    const box = await view.boundingBox()
    if (box === null) throw new Error('the picture is not shown')
    const scale = box.width / PICTURE.width
    const corner = (x: number, y: number) => [box.x + x * scale, box.y + y * scale] as const
    await page.mouse.move(...corner(SECRET.x - 4, SECRET.y - 4))
    await page.mouse.down()
    await page.mouse.move(...corner(SECRET.x + SECRET.width + 4, SECRET.y + SECRET.height + 4), { steps: 4 })
    await page.mouse.up()
    expect(await lookAt(page, 'help-picture')).toEqual([])
    await page.getByRole('button', { name: 'Black out' }).click()
    await addIt(page, 1)
    const sent = arrivedSince(before)
    expect(await seen(blank, sent, [SECRET_PLACE, [10, 10], [SECRET.x + 79, SECRET.y + 39]])).toEqual({
      ...PICTURE,
      colours: ['#000000', '#2040c0', '#000000'],
    })
    expect(sent.includes(METADATA)).toBe(false)
    expect(sent.includes('tEXt')).toBe(false)

    await page.getByRole('link', { name: 'Done, back to the form' }).click()
    await page.getByRole('heading', { name: 'What can we help you with?' }).waitFor()
    expect(await page.getByLabel('What is wrong').inputValue()).toBe('The printer is silent <b>now</b>')
    expect(await page.getByText('Picture 1.png').first().isVisible()).toBe(true)
    expect(await lookAt(page, 'help-form')).toEqual([])
    await page.getByRole('button', { name: 'Send to the help desk' }).click()
    await page.getByRole('heading', { name: 'The printer is silent <b>now</b>' }).waitFor()
    expect(await page.getByText('on its way to the help desk').first().isVisible()).toBe(true)

    const [ticket] = world.parts.tickets.of(ANN)
    const ticketId = ticket?.ticketId as TicketId
    expect(ticket?.statements[0]?.record.said).toMatchObject({ since: 'this morning', hindrance: 'much', name: 'ann' })
    const words = world.parts.tickets.words
    words.recorded({
      type: 'consent.recorded',
      jwsSha256: ticket?.statements[0]?.jwsSha256 ?? '',
      outcome: 'recorded',
    })
    const standing = {
      type: 'ticket.progress',
      ...({
        ticketId,
        number: 42,
        title: 'x',
        openedBy: 'requester',
        assignee: { name: 'Tess Desk' },
        fixed: null,
      } as const),
      ...{ openedAt: '2026-11-16T10:00:00.000Z', updatedAt: '2026-11-16T10:05:00.000Z', lastMessage: 7 },
    } as const
    words.progress({ ...standing, state: 'open' })
    const at = '2026-11-16T10:06:00.000Z'
    words.messages({
      ...{ type: 'ticket.messages', ticketId, more: false },
      messages: [
        { seq: 7, at, from: 'desk', author: 'Tess Desk', text: 'Is it on?\n<script>alert(1)</script> \u202eevil' },
      ],
    })
    await page.getByText('Is it on?').waitFor()
    expect(await page.content()).not.toContain('\u202e')
    expect(await lookAtStill(page, 'help-ticket')).toEqual([])

    await page.getByRole('link', { name: 'Write to the help desk' }).click()
    // What is typed must not be lost to a page that loads itself again, as the ticket's page does.
    expect(await refreshOf(page, page.url())).toBeUndefined()
    expect(await refreshOf(page, page.url().replace(/\/reply$/, ''))).toBe('5')
    await page.getByLabel('Your message').fill('Yes,\nit is')
    expect(await lookAt(page, 'help-reply')).toEqual([])
    await page.getByRole('button', { name: 'Send the message' }).click()
    await page.getByText('Your message is on its way.').waitFor()
    words.progress({ ...standing, state: 'resolved' })
    await page.getByRole('heading', { name: 'Is it fixed?' }).waitFor()
    expect(await lookAtStill(page, 'help-fixed')).toEqual([])
    world.nowMs += 5_000
    await page.getByRole('button', { name: 'No, it is not fixed' }).click()
    await page.getByText('The help desk is told that it is not fixed').waitFor()
    const said = world.parts.tickets.shown(ticketId, ANN).statements.map(({ record }) => record.said)
    expect(said.slice(1)).toEqual([
      { kind: 'reply', text: 'Yes,\nit is', attachments: [] },
      { kind: 'answer', fixed: false },
    ])
    await page.goto(`http://${world.server.host}${new URL(page.url()).pathname.split('/help')[0]}/help`)
    expect(await lookAtStill(page, 'help-list')).toEqual([])
    await page.goto(`http://${world.server.host}${new URL(page.url()).pathname.split('/help')[0]}/`)
    expect(await lookAtStill(page, 'help-home')).toEqual([])
    expect(troubles).toEqual([])
  })

  it('cut and cover by the keyboard alone, with numbers, and take a step back', async () => {
    const { page, troubles } = await atPictures()
    const before = files()
    await choose(page, await testPicture(blank))
    await page.getByText('The picture is here.').waitFor()
    const type = async (numbers: readonly number[]) => {
      await page.locator('#area-x').focus()
      for (const number of numbers) {
        await page.keyboard.press('ControlOrMeta+A')
        await page.keyboard.type(String(number))
        await page.keyboard.press('Tab')
      }
    }
    await type([0, 0, 400, 200])
    expect(await page.evaluate('document.activeElement.id')).toBe('do-cover')
    await page.keyboard.press('Enter')
    await page.getByText('Blacked out.').waitFor()
    await page.locator('#do-undo').focus()
    await page.keyboard.press('Enter')
    await page.getByText('One step back.').nth(0).waitFor()
    await type([SECRET.x, SECRET.y, SECRET.width, SECRET.height])
    await page.keyboard.press('Enter')
    await page.getByText('Blacked out.').waitFor()
    await type([90, 50, 200, 120])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Only the chosen part is left.').waitFor()
    await page.getByRole('button', { name: 'Add this picture' }).focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.locator('section').first().locator('li').count()).toBeGreaterThan(0)
    expect(
      await seen(blank, arrivedSince(before), [
        [20, 20],
        [2, 2],
        [150, 100],
      ]),
    ).toEqual({
      width: 200,
      height: 120,
      colours: ['#000000', '#2040c0', '#2040c0'],
    })
    expect(troubles).toEqual([])
  })

  it('take a picture that is pasted or dropped, and keep one that is worked on when something else is pasted', async () => {
    const { page, troubles } = await atPictures()
    const before = files()
    const png = (await testPicture(blank)).toString('base64')
    await hand(page, 'paste', png, 'image/png')
    await page.getByText('The picture is here.').waitFor()
    await hand(page, 'paste', Buffer.from('no picture').toString('base64'), 'image/png')
    await page.getByText('This is not a picture that can be read.').waitFor()
    await addIt(page, 1)
    expect(await seen(blank, arrivedSince(before), [])).toMatchObject(PICTURE)
    const between = files()
    await hand(page, 'drop', png, 'image/png')
    await page.getByText('The picture is here.').waitFor()
    await addIt(page, 2)
    expect(await seen(blank, arrivedSince(between), [])).toMatchObject(PICTURE)
    expect(troubles).toEqual([])
  })

  it('[L18] make a picture smaller that would be longer than 5 MiB', async () => {
    const { page } = await atPictures()
    const before = files()
    const noise = await noisyPicture(blank, 1_500)
    expect(noise.length).toBeGreaterThan(5_242_880)
    await choose(page, noise)
    await page.getByText('The picture is here.').waitFor()
    await addIt(page, 1)
    const sent = arrivedSince(before)
    expect(sent.length).toBeLessThanOrEqual(5_242_880)
    const { width, height } = await seen(blank, sent, [])
    expect(width).toBeLessThan(1_500)
    expect(height).toBe(width)
  })

  it('take a picture as it is without a script, and say that nothing can be covered', async () => {
    const { page } = await atPictures({ javaScriptEnabled: false })
    expect(await page.getByText('nothing can be cut or covered').isVisible()).toBe(true)
    const before = files()
    const bytes = await testPicture(blank)
    await choose(page, bytes)
    await page.getByRole('button', { name: 'Add this picture' }).click()
    await page.getByText('Picture 1.png').waitFor()
    expect(arrivedSince(before).equals(bytes)).toBe(true)
    await choose(page, Buffer.from('no picture'))
    await page.getByRole('button', { name: 'Add this picture' }).click()
    await page.getByText('This is not a PNG or JPEG picture.').waitFor()
    await choose(page, Buffer.concat([bytes, Buffer.alloc(5_242_881 - bytes.length)]))
    await page.getByRole('button', { name: 'Add this picture' }).click()
    await page.getByText('at most 5.2 MB are taken').waitFor()
  })

  it('[C23] keep the one page with a script away from all others: it can send nothing to them', async () => {
    const { page } = await opened('/help/new')
    const form = new URL(page.url())
    await page.getByRole('button', { name: 'Add a picture' }).click()
    await page.getByRole('heading', { name: 'Add a picture' }).waitFor()
    const [, prefix = ''] = form.pathname.split('/')
    const target = `http://${world.server.host}/${prefix}/help/new/send`
    const cookies = await page.context().cookies(`http://${world.server.host}/${prefix}/`)
    expect(cookies).toHaveLength(1)
    // What a script of that page could try: its policy refuses a connection, and a form to another origin.
    expect(await page.evaluate(`fetch('${target}', { method: 'POST' }).then(() => 'sent', () => 'refused')`)).toBe(
      'refused',
    )
    const [port = ''] = world.pictures.host.split(':').slice(1)
    for (const site of ['same-site', 'same-origin', 'none']) {
      const headers = {
        cookie: `${cookies[0]?.name}=${cookies[0]?.value}`,
        origin: `http://127.0.0.1:${port}`,
        'sec-fetch-site': site,
        'content-type': 'application/x-www-form-urlencoded',
      }
      expect((await world.send('POST', `/${prefix}/help/new/send`, headers, 'title=x')).status).toBe(403)
    }
    await page.evaluate(`(() => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action: '${target}' })
      document.body.append(form)
      form.submit()
    })()`)
    expect(new URL(page.url()).host).toBe(world.pictures.host)
    expect(world.parts.tickets.of(ANN)).toHaveLength(1)
  })
})

/** Seconds after which a page of the person loads itself again, as its answer says; undefined: never. */
async function refreshOf(page: Page, url: string): Promise<string | undefined> {
  return (await page.request.get(url)).headers().refresh
}

/** Pastes or drops a file on a page, as a browser tells it; as text, like all that runs in the page. */
async function hand(page: Page, how: 'paste' | 'drop', base64: string, type: string): Promise<void> {
  const [event, field] = how === 'paste' ? ['ClipboardEvent', 'clipboardData'] : ['DragEvent', 'dataTransfer']
  await page.evaluate(`{
    const bytes = Uint8Array.from(atob('${base64}'), (letter) => letter.charCodeAt(0))
    const files = new DataTransfer()
    files.items.add(new File([bytes], 'picture', { type: '${type}' }))
    document.dispatchEvent(new ${event}('${how}', { ${field}: files, bubbles: true, cancelable: true }))
  }`)
}
