import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { ROOT } from '../repository.ts'

/** Where screenshots of a run land. */
const SCREENS = join(ROOT, 'tests', 'output', 'screens')
const WIDTHS = [360, 800, 1440] as const
const THEMES = ['light', 'dark'] as const

/**
 * Violations of WCAG 2.2 A and AA on the page as it stands, one line each; empty when there are none.
 *
 * @param within a selector: only this part is looked at
 */
export async function axeViolations(page: Page, within = 'html'): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page })
    // Pages have no frames, for which axe would open another page each time.
    .setLegacyMode(true)
    .include(within)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
}

/** Width in px by which the page must be scrolled sideways; 0 is what every page owes. */
export function sidewaysScroll(page: Page): Promise<number> {
  // As text: this code runs in the page, and tests are checked without the browser's types.
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/** Takes a picture of the whole page as it stands. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true })
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true })
}

/**
 * Takes a picture of a page at each width in both themes, and says what is wrong there: violations of accessibility and
 * sideways scrolling.
 */
export async function lookAt(page: Page, name: string): Promise<readonly string[]> {
  const problems: string[] = []
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme })
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      await screenshot(page, `${name}-${colorScheme}-${width}`)
      const over = await sidewaysScroll(page)
      if (over > 0) problems.push(`${name} at ${width} px scrolls sideways by ${over} px`)
    }
    problems.push(...(await axeViolations(page)).map((line) => `${name} ${colorScheme}: ${line}`))
  }
  return problems
}
