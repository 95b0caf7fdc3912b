import { isAddress, mailboxOf } from '@askfirst/server/mail/mailbox.ts'
import { MAX_ATTEMPTS, waitAfter } from '@askfirst/server/mail/retry.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('an address', () => {
  test('is one plain address, also with letters of other languages', () => {
    for (const text of ['kim@example.org', 'kim.o+tickets@sub.example.org', 'jürgen@münchen.example', 'root@localhost'])
      expect(isAddress(text), text).toBe(true)
  })

  test.each([
    'a@b.example,c@d.example',
    'a@b.example;c@d.example',
    '"a b"@c.example',
    'a@b.example\r\nBcc: c@d.example',
    'a@b@c.example',
    '<a@b.example>',
    'a@[127.0.0.1]',
    'a..b@c.example',
    '@b.example',
    `${'a'.repeat(250)}@b.example`,
  ])('is not %j', (text) => {
    expect(isAddress(text)).toBe(false)
  })

  test('can have a name before it', () => {
    expect(mailboxOf('Help desk <help@example.org>')).toEqual({ name: 'Help desk', address: 'help@example.org' })
    expect(mailboxOf('"Desk, IT" <help@example.org>')).toEqual({ name: 'Desk, IT', address: 'help@example.org' })
    expect(mailboxOf('help@example.org')).toEqual({ name: '', address: 'help@example.org' })
    for (const text of ['Help desk', 'a <b', 'a <b@c.example> d', 'a\r\nb <c@d.example>', ''])
      expect(mailboxOf(text), text).toBeNull()
  })
})

describe('the wait after a failed try', () => {
  test('grows from try to try, spreads by at most a fifth, and ends', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_ATTEMPTS - 2 }), unit, unit, (attempt, one, other) => {
        const [now = 0, next = 0] = [waitAfter(attempt, one) ?? 0, waitAfter(attempt + 1, other) ?? 0]
        const least = waitAfter(attempt, 0) ?? 0
        expect(now).toBeGreaterThanOrEqual(least)
        expect(now).toBeLessThanOrEqual(least * 1.2)
        expect(next).toBeGreaterThan(now)
      }),
    )
    expect(waitAfter(MAX_ATTEMPTS - 1, 0)).not.toBeNull()
    expect(waitAfter(MAX_ATTEMPTS, 0)).toBeNull()
  })
})
