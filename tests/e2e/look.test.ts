import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { axeViolations, sidewaysScroll } from '../support/browser/look.ts'

const program = findShell()
const PAGE = `<!doctype html><html lang="en"><title>A page</title><style>
  body { color-scheme: light dark; background: #fff; color: #000 }
  @media (prefers-color-scheme: dark) { body { background: #000; color: #222 } }
</style><main><h1>A page</h1>`

describe.skipIf(program === null)('the look at a page', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    page = await browser.newPage({ viewport: { width: 800, height: 600 } })
  })
  afterAll(() => browser.close())

  it('finds nothing where nothing is wrong, and in each theme what is wrong there', async () => {
    await page.setContent(PAGE)
    expect(await axeViolations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await axeViolations(page)).toEqual(['color-contrast: <h1>A page</h1>'])
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await axeViolations(page)).toEqual([])
  })

  it('names every element that breaks a rule', async () => {
    await page.setContent(`${PAGE}<img src="data:,a"><img src="data:,b"><button></button>`)
    expect((await axeViolations(page)).toSorted()).toEqual([
      'button-name: <button></button>',
      'image-alt: <img src="data:,a"> | <img src="data:,b">',
    ])
  })

  it('tells by how much a page is wider than the window', async () => {
    await page.setContent(`${PAGE}<p style="width: 792px">As wide as the window, without the margin of 8</p>`)
    expect(await sidewaysScroll(page)).toBe(0)
    await page.setContent(`${PAGE}<p style="width: 793px">Wider by one</p>`)
    expect(await sidewaysScroll(page)).toBe(1)
  })

  it('does not pass a page in parts that it cannot see', async () => {
    await page.setContent(`${PAGE}<iframe title="A frame" srcdoc="<img>"></iframe>`)
    await expect(axeViolations(page)).rejects.toThrow('has frames')
  })
})
