import { COLLECTORS } from '@askfirst/agent/collectors/index.ts'
import type { TranslatedLanguage } from '@askfirst/protocol/languages/language.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { axeViolations, lookAt, picture, sidewaysScroll } from '../support/browser/look.ts'
import { watchTroubles } from '../support/browser/web-desk.ts'
import { PageWorld } from '../support/page-world.ts'
import { PSEUDO, pseudoCollectors } from '../support/pseudo-language.ts'

/** A language from right to left, by one file and one line. */
vi.mock('@askfirst/protocol/languages/index.ts', async (original) => {
  const { pseudoLanguage } = await import('../support/pseudo-language.ts')
  return { ...(await original<object>()), yi: pseudoLanguage() }
})

const program = findShell()
/** As long as names may be, and without a place to break. */
const LONG = 'Ticket-about-a-very-long-thing-without-any-place-to-break-'.repeat(3)

// Each picture is taken six times and each page is checked twice, which takes its time on a busy machine.
describe.skipIf(program === null)("the person's pages in a browser", { timeout: 480_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    // The types do not know of what was put in.
    Object.assign((wordsOf(PSEUDO as Language) as TranslatedLanguage).collectors, pseudoCollectors(COLLECTORS))
  })
  afterAll(() => browser.close())

  /** The pages in a language, opened by a link as the companion opens them. */
  async function opened(language: Language) {
    const world = new PageWorld(null, language)
    await world.server.open()
    const page = await (await browser.newContext({ locale: language })).newPage()
    const troubles = watchTroubles(page).list
    await page.goto(world.server.link('/'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    const base = page.url().replace(/\/$/, '')
    /** Goes to a page and lets the person read it. */
    const show = async (path: string) => {
      await page.goto(base + path)
      world.nowMs += 5_000
    }
    return { world, page, show, troubles }
  }
  type Opened = Awaited<ReturnType<typeof opened>>

  /** Walks through all pages as the person would, and looks at each. */
  async function walk({ world, page, show }: Opened, look: (name: string) => Promise<void>) {
    const say = wordsOf(world.language).pages
    /** Each button sends a form: the page that answers is the one to look at, and it stands only once it is loaded. */
    const press = async (name: string) => {
      const loaded = page.waitForEvent('load')
      await page.getByRole('button', { name, exact: true }).first().click()
      await loaded
    }
    await show('/?still=1')
    await look('home-quiet')
    const base = world.parts.disk.request()
    const { requestId } = await world.asked({ ticket: { ...base.ticket, title: LONG } })
    const reported = await world.asked()
    const reportId = await world.parts.disk.book.report(reported.requestId, { osUser: 'ann', method: 'page' })
    const at = '2026-11-16T11:00:00.000Z'
    await world.parts.disk.book.cleared({ type: 'report.cleared', reportId, at, by: 'Lea Lead', reason: 'Ours' })
    world.parts.rows = Array.from({ length: 60 }, (_, row) => ({
      number: row + 1,
      json: JSON.stringify({ name: `program ${row}`, user: 'ann', path: `/usr/bin/${row}`, bytes: 123_456_789 }),
    }))
    await show('/?still=1')
    await look('home')
    await show(`/requests/${requestId}`)
    await page.locator('button[name=example]').first().click()
    await look('request')
    world.nowMs += 5_000
    await page.locator('input[name=tick]').first().check()
    await press(say['consent.allowTicked'])
    await show('/session?still=1')
    await look('session')
    await show(`/reviews/${world.parts.runId}`)
    await page.locator('input[name=row]').first().check()
    await press(say['review.mark'])
    await look('review')
    await show('/record')
    await look('record')
    await show('/nothing-here')
    await look('not-found')
    world.fail({ code: 'LOCAL_AUTH_FAILED', message: 'off' })
    await show('/record?still=1')
    await look('gone')
    world.fail(null)
    await page.goto(`http://${world.server.host}/open?token=used`)
    await look('closed')
  }

  it('have no violation and no sideways scrolling at any width in both themes', async () => {
    const person = await opened('en')
    const problems: string[] = []
    await walk(person, async (name) => void problems.push(...(await lookAt(person.page, `person-${name}`))))
    await person.world.close()
    expect(problems).toEqual([])
    expect(person.troubles).toEqual([])
  })

  it('have none in German either, on the narrowest screen in both themes', async () => {
    const { page, world, ...rest } = await opened('de')
    const problems: string[] = []
    await walk({ page, world, ...rest }, async (name) => {
      await page.setViewportSize({ width: 360, height: 800 })
      problems.push(...(await overflow(page, name)))
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        problems.push(...(await axeViolations(page)).map((line) => `${name} ${colorScheme}: ${line}`))
      }
      await picture(page, `person-${name}-de`)
    })
    await world.close()
    expect(problems).toEqual([])
    expect(rest.troubles).toEqual([])
  })

  it('hold at 200 % zoom, with twice as large letters, from right to left, and in forced colours', async () => {
    const person = await opened(PSEUDO as Language)
    const { page, world } = person
    const problems: string[] = []
    await walk(person, async (name) => {
      expect(await page.evaluate('document.dir')).toBe('rtl')
      // 200 % of 1280, and of 640: what is left of the width is a half.
      for (const width of [640, 320]) {
        await page.setViewportSize({ width, height: 600 })
        problems.push(...(await overflow(page, `${name} at ${width} px`)))
      }
      await page.setViewportSize({ width: 800, height: 900 })
      await page.evaluate("document.documentElement.style.fontSize = '225%'")
      problems.push(...(await overflow(page, `${name} with large letters`)))
      await page.evaluate("document.documentElement.style.fontSize = ''")
      await page.setViewportSize({ width: 360, height: 800 })
      await picture(page, `person-${name}-rtl`)
      if (name !== 'request' && name !== 'session') return
      problems.push(...(await axeViolations(page)).map((line) => `${name} from right to left: ${line}`))
      await page.emulateMedia({ forcedColors: 'active' })
      await picture(page, `person-${name}-forced-colours`)
      await page.emulateMedia({ forcedColors: 'none' })
    })
    await world.close()
    expect(problems).toEqual([])
  })

  it('[C19] ask with Do not allow first: on the first screen of a phone, with the focus, and before all else by Tab', async () => {
    const { world, page, show } = await opened('en')
    const { requestId } = await world.asked()
    await page.setViewportSize({ width: 360, height: 640 })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await show(`/requests/${requestId}`)
    const deny = page.getByRole('button', { name: 'Do not allow', exact: true }).first()
    const box = await deny.boundingBox()
    expect((box?.y ?? 1_000) + (box?.height ?? 0)).toBeLessThanOrEqual(640)
    expect(await page.evaluate("getComputedStyle(document.querySelector('button')).transitionDuration")).toBe('0s')
    const order: string[] = []
    for (let step = 0; step < 40 && order.at(-1) !== 'summary'; step += 1) {
      order.push(await page.evaluate<string>(FOCUSED))
      await page.keyboard.press('Tab')
    }
    expect(order).toEqual([
      ...['Do not allow', 'Deutsch', expect.any(String)],
      ...['tick', 'example', 'tick', 'example'],
      ...['minutes', 'review', 'reason'],
      ...['Do not allow', 'Allow all 2', 'Allow only what is ticked', 'Not now, ask me again later', 'summary'],
    ])
    await page.keyboard.press('Shift+Tab')
    await show(`/requests/${requestId}`)
    await page.keyboard.press('Enter')
    await page.getByText('You said no. Nothing was read.').waitFor()
    await world.close()
  })
})

/** What has the focus: a field's name, a button's words. As text, since it runs in the page. */
const FOCUSED = `(({ activeElement: { tagName, name, textContent } }) =>
  tagName === 'SUMMARY' ? 'summary' : name && name !== 'language' ? name : textContent.trim())(document)`

async function overflow(page: Page, where: string): Promise<readonly string[]> {
  const over = await sidewaysScroll(page)
  return over > 0 ? [`${where} scrolls sideways by ${over} px`] : []
}
