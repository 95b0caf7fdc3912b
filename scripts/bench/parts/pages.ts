import type { Page } from 'playwright-core'
import { findChromium, startChromium } from '../../../tests/support/browser/chromium.ts'
import { events, RunScene } from '../../../tests/support/browser/run-scene.ts'
import { WebDesk } from '../../../tests/support/browser/web-desk.ts'
import type { Lab } from '../lab.ts'
import { round } from '../measure.ts'

const COUNT = 100_000
const ROWS_PER_ADD = 10_000
const SCROLL_MS = 8_000
const STREAM_SECONDS = 5
const ROWS_PER_SECOND = 5_000
/** Megabytes as the browser's figures have them. */
const MB = 1_048_576

/** What the page does, as text: it runs in the browser, and this program is checked without the browser's types. */
const WATCH = `
globalThis.seen = { longest: 0, frames: 0, blank: 0, worstGapMs: 0, firstRowsMs: null }
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) seen.longest = Math.max(seen.longest, entry.duration)
}).observe({ type: 'longtask', buffered: true })`
const FIRST_ROWS = `
new Promise((done) => {
  const look = () => {
    const grid = document.querySelector('[role=grid]')
    if (grid?.querySelector('[data-blank=false]')) {
      const answer = performance.getEntriesByType('resource').find(({ name }) => name.includes('/rows?') && name.includes('offset=0'))
      return done(answer === undefined ? null : performance.now() - answer.responseEnd)
    }
    requestAnimationFrame(look)
  }
  look()
})`
/** Scrolls at even speed from top to bottom, by so many rows a frame, and counts frames with a row that is not there yet. */
const scroll = (ms: number, rows: number) => `
new Promise((done) => {
  const grid = document.querySelector('[role=grid]')
  const start = performance.now()
  let last = start
  const rowPx = grid.querySelector('[role=row]').offsetHeight
  const step = (now) => {
    seen.frames += 1
    if (grid.querySelector('[data-blank=true]')) seen.blank += 1
    seen.worstGapMs = Math.max(seen.worstGapMs, now - last)
    last = now
    grid.scrollTop += ${rows} * rowPx
    if (now - start < ${ms}) requestAnimationFrame(step)
    else done()
  }
  requestAnimationFrame(step)
})`

interface Seen {
  readonly longest: number
  readonly frames: number
  readonly blank: number
  readonly worstGapMs: number
}

/** The grid of 100,000 events in Chromium: first rows, scrolling, memory, and a stream of 5,000 rows a second. */
export async function pages(lab: Lab) {
  const program = findChromium()
  if (program === null) return { skipped: 'there is no Chromium' }
  const count = lab.isQuick ? COUNT / 20 : COUNT
  const desk = await WebDesk.start()
  lab.atEnd(() => desk.close())
  const browser = await startChromium(program, ['--enable-precise-memory-info', '--js-flags=--expose-gc'])
  lab.atEnd(() => browser.close())
  const scene = await RunScene.begin(desk.server.services, 'eventlog.query')
  for (let from = 0; from < count; from += ROWS_PER_ADD)
    await scene.add(events(from, Math.min(count, from + ROWS_PER_ADD)))
  await scene.indexed()
  await scene.end()
  lab.say(`  ${count} rows are there`)
  const user = await desk.user('technician', 'Bench Person')
  const { page } = await desk.open(browser, user, { viewport: { width: 1_440, height: 900 } })
  await page.addInitScript(WATCH)
  const firstRowsMs: number[] = []
  for (let turn = 0; turn < (lab.isQuick ? 1 : 5); turn += 1) {
    await page.goto(`${desk.url}${scene.path}`)
    firstRowsMs.push(round((await page.evaluate<number | null>(FIRST_ROWS)) ?? Number.NaN))
  }
  const scrolling = {
    // Reading speed of somebody who looks for something, and dragging the bar to the far end.
    steady: await scrolled(page, lab.isQuick, 4),
    fast: await scrolled(page, lab.isQuick, 40),
  }
  const heapMb = round((await heapBytes(page)) / MB)
  lab.say(`  first rows ${firstRowsMs.join(', ')} ms after the answer; heap ${heapMb} MB`)
  const streaming = await stream(lab, desk, page)
  return { rows: count, firstRowsMs, scrolling, heapMb, streaming }
}

async function scrolled(page: Page, isQuick: boolean, rowsPerFrame: number) {
  await page.evaluate(`document.querySelector('[role=grid]').scrollTop = 0`)
  await page.waitForFunction(`document.querySelector('[role=grid] [data-blank=true]') === null`)
  await page.evaluate(`Object.assign(seen, { longest: 0, frames: 0, blank: 0, worstGapMs: 0 })`)
  await page.evaluate(scroll(isQuick ? 500 : SCROLL_MS, rowsPerFrame))
  const { frames, blank, longest, worstGapMs } = await page.evaluate<Seen>('seen')
  return {
    rowsPerFrame,
    frames,
    framesWithBlankRows: blank,
    longestTaskMs: Math.round(longest),
    longestFrameMs: Math.round(worstGapMs),
  }
}

function heapBytes(page: Page): Promise<number> {
  return page.evaluate<number>('globalThis.gc?.(), performance.memory.usedJSHeapSize')
}

/** Rows that come in while a person looks at the end. */
async function stream(lab: Lab, desk: WebDesk, page: Page) {
  const scene = await RunScene.begin(desk.server.services, 'eventlog.query')
  await page.goto(`${desk.url}${scene.path}`)
  await page.getByRole('grid').waitFor()
  await page.evaluate(`Object.assign(seen, { longest: 0 })`)
  const seconds = lab.isQuick ? 1 : STREAM_SECONDS
  for (let second = 0; second < seconds; second += 1) {
    const startedAt = performance.now()
    await scene.add(events(second * ROWS_PER_SECOND, (second + 1) * ROWS_PER_SECOND))
    await page.waitForTimeout(Math.max(0, 1_000 - (performance.now() - startedAt)))
  }
  const total = seconds * ROWS_PER_SECOND
  await page.locator(`[data-count="${total}"]`).waitFor({ timeout: 60_000 })
  const { longest } = await page.evaluate<Seen>('seen')
  return { rows: total, longestTaskMs: Math.round(longest), heapMb: round((await heapBytes(page)) / MB) }
}
