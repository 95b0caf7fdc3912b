import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { events, FIRST_EVENT_MS, finishedRun, type RunScene } from '../support/browser/run-scene.ts'
import { HOSTILE, SAMPLE_ROWS } from '../support/browser/sample-rows.ts'
import type { PageTroubles } from '../support/browser/web-desk.ts'
import { WebDesk } from '../support/browser/web-desk.ts'

const program = findShell()
const EVENTS = [
  ...events(0, 1_500),
  {
    time: new Date(FIRST_EVENT_MS + 1_500_000).toISOString(),
    level: 'error',
    provider: HOSTILE,
    channel: 'x',
    message: HOSTILE,
  },
]

describe.skipIf(program === null)('the views of rows', () => {
  let browser: Browser
  let desk: WebDesk
  let page: Page
  let troubles: PageTroubles
  let log: RunScene
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    log = await finishedRun(desk.server.services, 'eventlog.query', EVENTS, {
      state: 'truncated',
      code: 'RUN_ROW_LIMIT',
      reason: 'There are more events; 1,501 were asked for.',
      redactions: { secret: 2, userName: 14 },
      sources: [{ source: '/usr/bin/journalctl --output=json', kind: 'command', state: 'cut', exitCode: 0 }],
    })
    const user = await desk.user('technician', 'Vera View')
    const opened = await desk.open(browser, user, { viewport: { width: 1_440, height: 900 } })
    page = opened.page
    troubles = opened.troubles
  }, 120_000)
  afterAll(async () => {
    expect(troubles.list).toEqual([])
    await browser.close()
    await desk.close()
  })

  const grid = () => page.getByRole('grid')
  const row = (n: number) => grid().locator(`[role=row][data-n="${n}"]`)
  const open = (scene: RunScene, query = '') => page.goto(`${desk.url}${scene.path}${query}`)
  const countIs = (count: number) => page.locator(`[data-count="${count}"]`).waitFor()

  it('say of a run what it is, that it was cut, and what was replaced', async () => {
    await open(log)
    await page.getByRole('heading', { name: 'Event log', level: 1 }).waitFor()
    await page.getByText('Cut at the limit', { exact: true }).waitFor()
    await page.getByText('There are more events; 1,501 were asked for.').waitFor()
    await page.getByText('16 values').waitFor()
    await page.getByText('How it was read').click()
    await page.getByText('/usr/bin/journalctl --output=json').waitFor()
  })

  it('narrow events by words, level, source, id and time, and keep it in the address', async () => {
    await open(log)
    await countIs(1_501)
    await page.getByRole('button', { name: /^Critical/ }).click()
    await countIs(187)
    await page.getByRole('button', { name: /^Error/ }).click()
    await countIs(375)
    await page.getByRole('combobox', { name: 'Source' }).selectOption('disk')
    await countIs(62)
    await page.getByLabel('Search in the events').fill('nothing-like-this')
    await countIs(0)
    await page.getByText('No row matches.').waitFor()
    await page.getByRole('button', { name: 'Clear all' }).click()
    await countIs(1_501)
    await page.getByLabel('Event id').fill('1005')
    await page.keyboard.press('Enter')
    await countIs(38)
    await page.getByLabel('Search in the events').fill('number 125')
    await countIs(1)
    expect(page.url()).toContain('event=1005')
    await page.reload()
    await countIs(1)
    await page.getByRole('button', { name: 'Clear all' }).click()
    await page.getByLabel('From', { exact: true }).fill(localTime(FIRST_EVENT_MS + 60_000))
    await page.getByLabel('To', { exact: true }).fill(localTime(FIRST_EVENT_MS + 119_000))
    await countIs(60)
  })

  it('narrow the time by dragging over the bars', async () => {
    await open(log)
    const chart = page.getByRole('img', { name: /events over time/ }).locator('.u-over')
    await chart.waitFor()
    const box = await chart.boundingBox()
    if (box === null) throw new Error('the chart is not on screen')
    await page.mouse.move(box.x + box.width * 0.25, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.5, box.y + 30, { steps: 5 })
    await page.mouse.up()
    await page.waitForURL(/from=.*to=/)
    // While the answer is on its way the count is that of before, or none.
    const count = async () => Number(await page.locator('[data-count]').getAttribute('data-count'))
    await expect.poll(async () => (await count()) > 250 && (await count()) < 600, { timeout: 20_000 }).toBe(true)
    expect(new URL(page.url()).searchParams.get('from')).not.toBeNull()
  })

  it('show the whole event, those like it, and what happened around it', async () => {
    await open(log)
    await row(5).waitFor()
    await grid().focus()
    for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary')
    await panel.getByText('value 5', { exact: true }).waitFor()
    await panel.getByRole('button', { name: 'Raw JSON' }).click()
    expect(await panel.locator('pre').textContent()).toContain('"recordId": 5')
    expect(await lookAt(page, 'rows-event-panel')).toEqual([])
    await page.setViewportSize({ width: 1_440, height: 900 })
    await panel.getByRole('button', { name: 'More like this' }).click()
    await countIs(13)
    await row(5).waitFor()
    await panel.getByRole('button', { name: '5 minutes around' }).click()
    await countIs(306)
    expect(await row(5).getAttribute('data-marked')).toBe('true')
    await panel.getByRole('button', { name: 'Close' }).click()
    expect(await panel.count()).toBe(0)
  }, 120_000)

  it('lead to the rows that prove a finding', async () => {
    await open(log, '?rows=1200,40,1201')
    await row(1_200).waitFor()
    expect(await row(1_200).getAttribute('data-marked')).toBe('true')
    await page.getByText('1 of 3').waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    await row(40).waitFor()
    await page.getByRole('button', { name: 'Take the marks away' }).click()
    await page.getByText('Evidence of a finding').waitFor({ state: 'detached' })
  })

  it('give the rows of the filter as a file', async () => {
    await open(log, '?level=critical&sort=at&order=desc')
    await countIs(187)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^CSV/ }).click(),
    ])
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n')
    expect(download.suggestedFilename()).toBe(`eventlog.query-${log.run.id}.csv`)
    expect(lines).toHaveLength(188)
    expect(lines[1]).toMatch(/^1495,.*Event number 1495:/)
  })

  it('show hostile text of events as text', async () => {
    await open(log, '?rows=1500')
    await row(1_500).click()
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').getByText(HOSTILE).first().waitFor()
    expect(await page.title()).toBe('Event log - AskFirst')
    expect(await page.locator('main img[src="x"], main script').count()).toBe(0)
    await page.getByRole('button', { name: 'Clear all' }).waitFor({ state: 'detached' })
  })

  /** Every process stands once, below the one that started it; a ring of two stands as well. */
  const walkTheTree = async () => {
    await page.getByRole('button', { name: 'As a tree' }).click()
    await countIs(67)
    const names = () => grid().locator('[role=row][data-n] [role=gridcell]:first-child').allTextContents()
    expect((await names()).slice(0, 4)).toEqual([
      'systemd',
      'level 2: └ sshd',
      'level 3: └ bash',
      `level 4: └ ${HOSTILE}`,
    ])
    await page.getByLabel('Search in the processes').fill('ring')
    await countIs(2)
    expect((await names()).join(' ')).toContain('ring two')
    await page.getByLabel('Search in the processes').fill('')
  }

  it.each(Object.keys(SAMPLE_ROWS))(
    'show %s in a view of its own and as a table',
    async (collector) => {
      const scene = await finishedRun(desk.server.services, collector, SAMPLE_ROWS[collector] ?? [])
      await open(scene)
      await page.getByText('Complete', { exact: true }).waitFor()
      await page.getByText(HOSTILE).first().waitFor()
      expect(await lookAt(page, `rows-${collector.replace('.', '-')}`)).toEqual([])
      await page.setViewportSize({ width: 1_440, height: 900 })
      if (collector === 'process.list') await walkTheTree()
      await page.getByRole('button', { name: 'Table', exact: true }).click()
      await countIs(SAMPLE_ROWS[collector]?.length ?? 0)
      await row(0).waitFor()
      expect(await page.title()).not.toContain('owned')
    },
    120_000,
  )
})

function localTime(ms: number): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
