import { setTimeout as sleep } from 'node:timers/promises'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { events, finishedRun, RunScene } from '../support/browser/run-scene.ts'
import type { PageTroubles } from '../support/browser/web-desk.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { auditDraft, logDraft } from '../support/store-records.ts'

const program = findChromium()

describe.skipIf(program === null)('the rows of a run that is still on', () => {
  let browser: Browser
  let desk: WebDesk
  let page: Page
  let troubles: PageTroubles
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    const user = await desk.user('technician', 'Lena Live')
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
  const countIs = (count: number) => page.locator(`[data-count="${count}"]`).waitFor()
  const begin = async () => {
    const scene = await RunScene.begin(desk.server.services, 'eventlog.query')
    await page.goto(`${desk.url}${scene.path}`)
    await page.getByText('No row has arrived yet.').waitFor()
    return scene
  }

  it('appear by themselves; the place is kept, and the end is followed by whoever looks at it', async () => {
    const scene = await begin()
    await scene.add(events(0, 1_000))
    await countIs(1_000)
    await row(0).waitFor()
    await scene.add(events(1_000, 2_000))
    await countIs(2_000)
    expect(await row(0).isVisible()).toBe(true)
    await page.getByRole('button', { name: 'Newest rows' }).click()
    await row(1_999).waitFor()
    await scene.add(events(2_000, 4_800))
    await countIs(4_800)
    await row(4_799).waitFor()
    await scene.end()
    await page.getByText('Complete', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Stop reading' }).count()).toBe(0)
  })

  it('appear under a filter, too', async () => {
    const scene = await begin()
    await page.getByRole('button', { name: /^Critical/ }).click()
    await scene.add(events(0, 800))
    await countIs(100)
    await scene.add(events(800, 1_600))
    await countIs(200)
    await row(1_599).waitFor({ state: 'detached' })
  })

  it('can be stopped', async () => {
    await begin()
    await page.getByRole('button', { name: 'Stop reading' }).click()
    await page.getByText('Stopped', { exact: true }).waitFor()
  })

  it('never look like an empty success when there are none', async () => {
    const ends: readonly Pick<Completeness, 'state' | 'reason'>[] = [
      { state: 'denied', reason: 'The journal may be read by administrators only.' },
      { state: 'unsupported', reason: 'There is no journal on this device.' },
      { state: 'timeout', reason: 'Nothing came within two minutes.' },
      { state: 'error', reason: 'journalctl ended with exit code 1.' },
    ]
    for (const { state, reason } of ends) {
      const scene = await RunScene.begin(desk.server.services, 'eventlog.query')
      await scene.end({ state, code: 'SOURCE_DENIED', ...(reason === undefined ? {} : { reason }) })
      await page.goto(`${desk.url}${scene.path}`)
      await page.getByRole('heading', { name: 'No events' }).waitFor()
      expect(await page.getByText(reason ?? '').count(), state).toBeGreaterThan(1)
      expect(await page.getByText('there was nothing').count()).toBe(0)
    }
    expect(await lookAt(page, 'rows-failed')).toEqual([])
    const empty = await finishedRun(desk.server.services, 'eventlog.query', [])
    await page.goto(`${desk.url}${empty.path}`)
    await page.getByText('The device read all there was, and there was nothing.').waitFor()
  }, 120_000)

  it('[R12] are not shown when they are withheld', async () => {
    const scene = await finishedRun(desk.server.services, 'eventlog.query', events(0, 10))
    await desk.server.services.store.runs.withhold(scene.run.id, {
      reason: 'Chunk 0 holds 9 rows, not 10.',
      audit: auditDraft(),
      log: logDraft(scene.run.ticketId, 'note.added', {}),
    })
    await page.goto(`${desk.url}${scene.path}`)
    await page.getByText('No rows of this run are shown.').waitFor()
    expect(await grid().count()).toBe(0)
    expect(await page.getByRole('link', { name: /CSV/ }).count()).toBe(0)
  })

  it('leave the page responsive while 5,000 a second stream in', async () => {
    const scene = await begin()
    await page.evaluate(
      'globalThis.longTasks = []; new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" })',
    )
    for (let second = 0; second < 4; second += 1) {
      const startedAt = performance.now()
      await scene.add(events(second * 5_000, (second + 1) * 5_000))
      await sleep(Math.max(0, 1_000 - (performance.now() - startedAt)))
    }
    await countIs(20_000)
    const longest = Math.max(0, ...(await page.evaluate<number[]>('longTasks')))
    process.stderr.write(`longest task while 5,000 rows a second came in: ${Math.round(longest)} ms\n`)
    expect(longest).toBeLessThan(200)
  })
})
