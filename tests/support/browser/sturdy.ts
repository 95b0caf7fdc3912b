import type { Page } from 'playwright-core'

/** What the checks below have in common; as text, because it runs in the page. */
const COMMON = `
  const isShown = (part) => part.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  const isAside = (part) => part.closest('.visually-hidden, [role=grid], option, thead') !== null
  const parts = [...document.querySelectorAll('body *')].filter((part) => isShown(part) && !isAside(part))
  const named = (part) => part.tagName.toLowerCase() + ' "' + (part.textContent || part.className || '').trim().slice(0, 40) + '"'
  const problems = []
`

/** Text of an element itself, or the box of a control. */
const LAYOUT = `
  const { clientWidth, scrollWidth } = document.documentElement
  if (scrollWidth > clientWidth) problems.push('scrolls sideways by ' + (scrollWidth - clientWidth) + ' px')
  const scrolls = (part) => {
    for (let at = part; at !== null; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return true
    return false
  }
  const boxes = []
  for (const part of parts) {
    const style = getComputedStyle(part)
    const hides = /hidden|clip/.test(style.overflowX)
    const isCut = hides && style.textOverflow !== 'ellipsis' && part.scrollWidth > part.clientWidth + 1
    if (isCut && part.textContent.trim() !== '') problems.push('cuts ' + named(part))
    const isControl = part.matches('button, input, select, textarea')
    const texts = [...part.childNodes].filter((node) => node.nodeType === 3 && node.textContent.trim() !== '')
    if (!isControl && texts.length === 0) continue
    const isWhole = isControl || hides
    const range = document.createRange()
    if (isWhole) range.selectNode(part)
    else range.setStart(texts[0], 0), range.setEnd(texts.at(-1), texts.at(-1).length)
    const box = isWhole ? part.getBoundingClientRect() : range.getBoundingClientRect()
    if (box.bottom < 0 || scrolls(part)) continue
    if (box.left < -1 || box.right > clientWidth + 1) problems.push('leaves the page: ' + named(part))
    boxes.push({ part, box, lines: isWhole ? [box] : [...range.getClientRects()] })
  }
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 3 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 6
  boxes.forEach((one, at) => {
    for (const other of boxes.slice(at + 1)) {
      if (one.part.contains(other.part) || other.part.contains(one.part) || !meet(one.box, other.box)) continue
      if (one.lines.some((line) => other.lines.some((otherLine) => meet(line, otherLine))))
        problems.push(named(one.part) + ' lies over ' + named(other.part))
    }
  })
`

const MOTION = `
  const seconds = (list) => Math.max(...list.split(',').map((text) => Number.parseFloat(text) * (text.trim().endsWith('ms') ? 0.001 : 1)))
  for (const part of document.querySelectorAll('*'))
    for (const pseudo of [null, '::before', '::after']) {
      const { transitionDuration, animationDuration, animationName } = getComputedStyle(part, pseudo)
      if (seconds(transitionDuration) > 0.02) problems.push('has a transition: ' + named(part))
      if (animationName !== 'none' && seconds(animationDuration) > 0.02) problems.push('moves: ' + named(part))
    }
`

const FOCUS = `
  const stops = 'a[href], button:not(:disabled), input:not([type=hidden], :disabled), select, textarea, summary, [tabindex="0"]'
  for (const part of parts) {
    if (part.tabIndex > 0) problems.push('jumps the order of the focus: ' + named(part))
    const { order, flexDirection } = getComputedStyle(part)
    if (order !== '0' || flexDirection.endsWith('reverse')) problems.push('is shown in another order: ' + named(part))
    if (!part.matches(stops)) continue
    part.focus()
    // A field with an icon shows it around both.
    const isOutlined = [part, part.parentElement].some((each) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(each)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
    })
    if (document.activeElement !== part) problems.push('takes no focus: ' + named(part))
    else if (!isOutlined) problems.push('shows no focus: ' + named(part))
  }
`

/** Boxes that are nothing but a ground colour: forced colours take it away. */
const FORCED = `
  for (const part of parts) {
    const { backgroundColor, borderTopWidth, forcedColorAdjust } = getComputedStyle(part)
    const isBare = part.childElementCount === 0 && part.textContent === '' && part.matches('span, div, i')
    const isSeen = part.offsetWidth > 2 && part.offsetHeight > 2 && !/, 0\\)$/.test(backgroundColor)
    if (isBare && isSeen && borderTopWidth === '0px' && forcedColorAdjust === 'auto') problems.push('is lost: ' + named(part))
  }
`

const run = (page: Page, checks: string): Promise<readonly string[]> =>
  page.evaluate<readonly string[]>(`(() => { ${COMMON} ${checks} return [...new Set(problems)] })()`)

/** What is lost, cut, off the page or on top of something else at a width, when read from left to right and back. */
export async function layoutProblems(page: Page, width: number): Promise<readonly string[]> {
  const problems: string[] = []
  await page.setViewportSize({ width, height: 900 })
  for (const direction of ['ltr', 'rtl']) {
    await page.evaluate(`document.documentElement.dir = "${direction}"`)
    problems.push(...(await run(page, LAYOUT)).map((problem) => `${direction} at ${width} px: ${problem}`))
  }
  await page.evaluate('document.documentElement.removeAttribute("dir")')
  return problems
}

/** What moves though the person asked for no motion; the page must be opened with `reducedMotion`. */
export function motionProblems(page: Page): Promise<readonly string[]> {
  return run(page, MOTION)
}

/** What takes no focus, hides it, or takes it in another order than it is read in. */
export async function focusProblems(page: Page): Promise<readonly string[]> {
  // Browsers show the focus to who uses the keyboard.
  await page.keyboard.press('Tab')
  return run(page, FOCUS)
}

/** What only a ground colour shows, which the person's own colours replace. */
export async function forcedColourProblems(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ forcedColors: 'active' })
  const problems = await run(page, FORCED)
  await page.emulateMedia({ forcedColors: 'none' })
  return problems
}
