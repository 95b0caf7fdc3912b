import type { Locator, Page } from 'playwright-core'

/** Tab stops from one control to another on one page are fewer than this. */
const MOST_TABS = 60

/** Tabs until a control has the focus: what cannot be reached so, nobody without a mouse can use. */
export async function reach(page: Page, control: Locator): Promise<void> {
  await control.waitFor()
  for (let at = 0; at < MOST_TABS; at += 1) {
    if ((await control.and(page.locator(':focus')).count()) === 1) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`${control} is not reached by ${MOST_TABS} tabs`)
}
