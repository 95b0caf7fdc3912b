import { expect, it } from 'vitest'
import { repositoryFiles, textOf } from '../support/repository.ts'

/** What names a side of the screen instead of a side of the text, and so is wrong where people read from right to left. */
const PHYSICAL = [
  /\b(?:margin|padding|border|inset|scroll-margin|scroll-padding)-(?:left|right)\b/,
  /^\s*(?:left|right)\s*:/,
  /\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b/,
  /\bborder-(?:top|bottom)-(?:left|right)-radius\b/,
  // Four values name the right side before the left.
  /^\s*(?:margin|padding|border-width|inset)\s*:(?:\s+(?:[\w.%-]+|(?:var|calc|min|max)\([^;]*?\)(?=[\s;]))){4}\s*;/,
]

const problemsOf = (name: string) =>
  textOf(name)
    .split('\n')
    .flatMap((line, at) =>
      PHYSICAL.some((pattern) => pattern.test(line)) ? [`${name}:${at + 1}: ${line.trim()}`] : [],
    )

it('styles of the pages name sides by the direction of the text', () => {
  const styles = repositoryFiles().filter((name) => name.startsWith('server/web/') && name.endsWith('.css'))
  expect(styles.length).toBeGreaterThan(20)
  expect(styles.flatMap(problemsOf)).toEqual([])
})

it.each([
  ['margin-left: 1px;', true],
  ['  right: 0;', true],
  ['text-align: left;', true],
  ['  padding: 0 var(--space-2) 0 var(--space-3);', true],
  ['  padding: 0 var(--space-2);', false],
  ['  padding: 0 var(--space-4) var(--space-4);', false],
  ['  inset-inline-start: 0;', false],
  ['  text-align: start;', false],
])('tells %j', (line, isPhysical) => {
  expect(PHYSICAL.some((pattern) => pattern.test(line))).toBe(isPhysical)
})
