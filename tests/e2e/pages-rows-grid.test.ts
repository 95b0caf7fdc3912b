import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { axeViolations } from '../support/browser/look.ts'
import { events, RunScene } from '../support/browser/run-scene.ts'
import type { PageTroubles } from '../support/browser/web-desk.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
const COUNT = 100_000
const LAST = COUNT - 1

describe.skipIf(program === null)('the grid of rows, with 100,000 of them', () => {
  let browser: Browser
  let desk: WebDesk
  let scene: RunScene
  let page: Page
  let troubles: PageTroubles
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    scene = await RunScene.begin(desk.server.services, 'eventlog.query')
    for (let from = 0; from < COUNT; from += 10_000) await scene.add(events(from, from + 10_000))
    await scene.indexed()
    await scene.end()
    const user = await desk.user('technician', 'Greta Grid')
    const context = { permissions: ['clipboard-read', 'clipboard-write'], viewport: { width: 1_440, height: 900 } }
    const opened = await desk.open(browser, user, { path: scene.path, ...context })
    page = opened.page
    troubles = opened.troubles
  }, 240_000)
  afterAll(async () => {
    await browser.close()
    await desk.close()
  })

  const grid = () => page.getByRole('grid', { name: 'Events' })
  const row = (n: number) => grid().locator(`[role=row][data-n="${n}"]`)
  const open = async (query = '') => {
    await page.goto(`${desk.url}${scene.path}${query}`)
    await row(0).waitFor()
  }
  const activeCell = () =>
    page.evaluate<string>(
      'document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent ?? ""',
    )

  it('says how many rows there are and keeps few of them in the page', async () => {
    await row(0).waitFor()
    expect(await grid().getAttribute('aria-rowcount')).toBe(String(COUNT + 1))
    expect(await row(3).getAttribute('aria-rowindex')).toBe('5')
    expect(await grid().getByRole('row').count()).toBeLessThan(90)
    expect(await axeViolations(page)).toEqual([])
  })

  it('shows the right rows wherever a person scrolls to, without blanks', async () => {
    await open()
    const rowPx = (await row(0).boundingBox())?.height ?? 0
    for (const n of [99_000, 12_345, 54_321, 77, 88_888]) {
      await grid().evaluate((element, top) => Object.assign(element, { scrollTop: top }), n * rowPx)
      await row(n + 3).waitFor()
      await expect.poll(() => page.locator('[role=grid] [data-blank=true]').count(), { timeout: 20_000 }).toBe(0)
      expect(await row(n + 3).textContent()).toContain(`Event number ${n + 3}:`)
    }
    await grid().evaluate((element) => Object.assign(element, { scrollTop: element.scrollHeight }))
    await row(LAST).waitFor()
  })

  it('is walked by keyboard from the first cell to the last', async () => {
    await open()
    await grid().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    expect(await activeCell()).toContain('Event number 1:')
    await page.keyboard.press('Control+End')
    await row(LAST).waitFor()
    expect(await activeCell()).toContain(`Event number ${LAST}:`)
    await page.keyboard.press('PageUp')
    await expect.poll(() => page.locator('[role=grid] [data-blank=true]').count(), { timeout: 20_000 }).toBe(0)
    const above = Number(/number (\d+):/.exec(await activeCell())?.[1])
    expect(above).toBeLessThan(LAST - 8)
    await page.keyboard.press('Control+Home')
    await row(0).waitFor()
    expect(await activeCell()).toBe('Information')
    await page.keyboard.press('PageDown')
    await page.keyboard.press('End')
    expect(Number(/number (\d+):/.exec(await activeCell())?.[1])).toBeGreaterThan(8)
  })

  it('sorts on the server by its header, also by keyboard, and sizes columns', async () => {
    await open()
    await grid().focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await row(7).waitFor()
    expect(await grid().getByRole('columnheader').first().getAttribute('aria-sort')).toBe('ascending')
    expect(await grid().getByRole('gridcell').first().textContent()).toBe('Critical')
    await grid().getByRole('button', { name: 'Time' }).click()
    await row(0).waitFor()
    await grid().getByRole('button', { name: 'Time' }).click()
    await row(LAST).waitFor()
    const header = grid().getByRole('columnheader').first()
    const before = (await header.boundingBox())?.width ?? 0
    await grid().focus()
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Shift+ArrowRight')
    expect((await header.boundingBox())?.width).toBe(before + 16)
    await page.reload()
    await row(LAST).waitFor()
    expect((await header.boundingBox())?.width).toBe(before + 16)
  })

  it('copies what is selected, separated by tabs', async () => {
    await open()
    await grid().focus()
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Control+c')
    await page.getByText('Copied 3 rows.').waitFor({ state: 'attached' })
    const lines = (await page.evaluate<string>('navigator.clipboard.readText()')).split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toBe(['Level', 'Time', 'Source', 'Id', 'What it says'].join('\t'))
    expect(lines[3]?.split('\t').slice(2, 4)).toEqual(['disk', '1002'])
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+c')
    await page.getByText('Copied 5,000 rows.').waitFor({ state: 'attached' })
    expect((await page.evaluate<string>('navigator.clipboard.readText()')).split('\n')).toHaveLength(5_001)
  })

  it('lets a person choose the columns and keeps the choice', async () => {
    await open()
    await page.getByText('Columns', { exact: true }).click()
    await page.getByLabel('Computer').check()
    await page.keyboard.press('Escape')
    await grid().getByRole('columnheader', { name: 'Computer' }).waitFor()
    await page.reload()
    await grid().getByRole('columnheader', { name: 'Computer' }).waitFor()
    expect(await row(0).textContent()).toContain('front-desk')
  })

  it('says that rows are too many for an order, and sorts those that a filter leaves', async () => {
    await page.goto(`${desk.url}${scene.path}?sort=recordId`)
    await page.getByText('At most 20,000 rows can be filtered or sorted in this way.').waitFor()
    await page.getByRole('button', { name: 'Try again' }).waitFor()
    await page.goto(
      `${desk.url}${scene.path}?sort=recordId&order=desc&q=number&level=critical&from=2026-11-21T00:00:00.000Z`,
    )
    await row(99_999).waitFor()
    expect(troubles.list).toEqual([])
  }, 90_000)
})
