import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { ROOT } from '../repository.ts'

/** Where screenshots of a run land. */
const SCREENS = join(ROOT, 'tests', 'output', 'screens')
/** Pictures are for people; to take them costs more time than to look for what is wrong. */
const TAKES_PICTURES = process.env.ASKFIRST_SCREENS !== undefined
const WIDTHS = [360, 800, 1440] as const
const THEMES = ['light', 'dark'] as const

const RULES = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  // What is in order is only counted: to describe each element of it takes longer than all rules together.
  resultTypes: ['violations'],
}

/** As text, like all that runs in the page; what is in order does not leave it. */
const check = (within: string) => `axe.run(${JSON.stringify({ include: [within] })}, ${JSON.stringify(RULES)})
  .then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`

/**
 * Violations of WCAG 2.2 A and AA on the page as it stands, one line each; empty when there are none. The pages have no
 * frames, so that the one document is all there is.
 *
 * @param within a selector: only this part is looked at
 */
export async function axeViolations(page: Page, within = 'html'): Promise<readonly string[]> {
  if (page.frames().length > 1) throw new Error(`${page.url()} has frames, and only the page around them is checked`)
  // The rules stay in the document until it is left, for the next look at it.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source)
  return page.evaluate<string[]>(check(within))
}

/**
 * As text: this code runs in the page, and tests are checked without the browser's types. Two frames on, a page that was
 * just resized or loaded stands as people see it; a timer ends the wait where no frame is drawn.
 */
const OVERFLOW = `new Promise((resolve) => {
  const measure = () => resolve(document.documentElement.scrollWidth - document.documentElement.clientWidth)
  requestAnimationFrame(() => requestAnimationFrame(measure))
  setTimeout(measure, 1000)
})`

/** Width in px by which the page must be scrolled sideways; 0 is what every page owes. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>(OVERFLOW)
}

/** Takes one picture of the page as it stands, when `ASKFIRST_SCREENS` is set. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!TAKES_PICTURES) return
  mkdirSync(SCREENS, { recursive: true })
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true })
}

/**
 * Says what is wrong with a page at each width in both themes: violations of accessibility and sideways scrolling. Takes a
 * picture of each where they are wanted.
 */
export async function lookAt(page: Page, name: string): Promise<readonly string[]> {
  const problems: string[] = []
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme })
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      await picture(page, `${name}-${colorScheme}-${width}`)
      const over = await sidewaysScroll(page)
      if (over > 0) problems.push(`${name} at ${width} px scrolls sideways by ${over} px`)
    }
    problems.push(...(await axeViolations(page)).map((line) => `${name} ${colorScheme}: ${line}`))
  }
  return problems
}
