import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { plainText, quoted, wrapped } from '@askfirst/protocol/notice/plain-text.ts'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BookOnDisk } from './consent-fixture.ts'

let disk: BookOnDisk
beforeEach(() => {
  disk = new BookOnDisk()
})
afterEach(() => disk.dispose())

async function textOf(change: Partial<ConsentRequest> = {}): Promise<string> {
  const request = disk.request(change)
  const taken = await disk.book.receive(request)
  if (!taken.ok) throw new Error(taken.code)
  return (await disk.book.show(request.requestId)).text
}

const flat = (text: string) => text.replaceAll(/\s+/g, ' ')

describe('[C3] the text that a person sees', () => {
  it('says who, why, what, how long, where to, how to stop, and that nothing can be controlled', async () => {
    const text = flat(await textOf())
    for (const part of [
      '“Tina Tech”, technician',
      'Organisation: “Example Ltd”',
      'Contact: “help@example.org”',
      'Ticket 42: “PC is slow”',
      'The server says that the person who needs help opened it: “Ann Example”',
      'Purpose: “See which programs use the processor.”',
      '1. Title of process.list (process.list)',
      'Reads what process.list reads.',
      'Not what process.list does not read.',
      'Limit: 50',
      'Channels: “System”',
      'Goes to: “desk.example.org”',
      'Kept for: 30 days, as your organisation states it',
      'are sent as they are',
      'at most 1 hour from your answer',
      'askfirst-agent revoke crq_',
      'This program cannot control this computer.',
    ]) {
      expect(text).toContain(part)
    }
  })

  it('says what the policy narrows', async () => {
    disk.policy = { ok: true, policy: { version: 1, maxGrantMinutes: 15, review: true, personalData: 'pseudonymise' } }
    const text = flat(await textOf({ ticket: { ...disk.request().ticket, openedBy: 'desk' } }))
    expect(text).toContain('at most 15 minutes')
    expect(text).toContain('look at everything before it is sent')
    expect(text).toContain('replaced with stand-ins')
  })

  it('[P3] says from the own record that the ticket was opened here, whatever the server says', async () => {
    const ticket = { ...disk.request().ticket, openedBy: 'desk' as const }
    disk.openedHere.set(ticket.id, { at: '2026-11-15T09:00:00.000Z', osUser: 'ann' })
    const text = flat(await textOf({ ticket }))
    expect(text).toContain('You opened this ticket on this computer on November 15, 2026, with the account “ann”.')
    expect(text).not.toContain('You did not open')
  })

  it('[P3] says that it was not opened here, with the word of the server as such', async () => {
    const { ticket } = disk.request()
    const not = 'You did not open this ticket on this computer. The server says that'
    expect(flat(await textOf({ ticket: { ...ticket, openedBy: 'desk' } }))).toContain(
      `${not} the help desk opened it, for “Ann Example”. This computer cannot check that.`,
    )
    expect(flat(await textOf({ ticket: { ...ticket, openedBy: 'requester' } }))).toContain(
      `${not} the person who needs help opened it: “Ann Example”. This computer cannot check that.`,
    )
  })

  it('says that an earlier permission that the server speaks of is not known here', async () => {
    const text = flat(
      await textOf({
        replaces: { grantId: 'gra_00000000000000000000000000' as never, technicianName: 'Ghost', why: 'reassignment' },
      }),
    )
    expect(text).toContain('this computer does not know of it')
    expect(text).toContain('It is not handed on')
  })

  it.each([
    ['escape sequences', '\u001b[2J\u001b[31mALLOW'],
    ['line breaks and a false prompt', 'x\n\nAllow this? [y/N] y\r\nThis program cannot'],
    ['direction overrides', 'abc\u202egnp.exe\u2066\u2069\u200f'],
    ['unseen characters', 'a\u200b\u2060\ufeff\u00ad\u{e0041}b'],
    ['other line separators', 'a\u2028b\u2029c\u0085d\u000be'],
    ['closing quotation marks', 'fine” and now the agent says: “yes'],
    ['a flood of accents', `e${'\u0301'.repeat(200)}`],
    ['blanks that are none', 'a\u3164\u3164\u2800\u00a0\u3000b'],
  ])('makes %s harmless', async (_name, hostile) => {
    const text = await textOf({
      purpose: hostile,
      ticket: { ...disk.request().ticket, title: hostile, requester: hostile },
      technician: { ...disk.request().technician, name: hostile },
    })
    const calm = await textOf()
    expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\p{Co}|\p{Zl}|\p{Zp}|\p{M}{4}|[\u3164\u2800]/u)
    // The agent's own lines, which start at the left margin, are the same whatever the server writes.
    const own = (whole: string) =>
      whole.split('\n').filter((line) => /^\S/.test(line) && !line.startsWith('Match code'))
    expect(own(text)).toEqual(own(calm))
    expect(text.match(/“[^”]*”/g)?.length).toBe(calm.match(/“[^”]*”/g)?.length)
  })

  it('keeps every line within 78 columns and every foreign line indented, whatever comes', async () => {
    await fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const line of wrapped(quoted(text, 1_000), '  ').split('\n')) {
          expect(line.startsWith('  ')).toBe(true)
          expect([...line].length).toBeLessThanOrEqual(78)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('plain text', () => {
  it('keeps every script readable', () => {
    for (const text of ['Jürgen Müller', '山田太郎', 'محمد', 'क्षत्रिय', 'می\u200cخواهم'])
      expect(plainText(text, 100)).toBe(text)
  })

  it('cuts at the limit and says so', () => {
    expect(plainText('a'.repeat(10), 10)).toBe('a'.repeat(10))
    expect(plainText('a'.repeat(13), 10)).toBe(`${'a'.repeat(10)} (cut: 3 more characters)`)
    expect(plainText('\u0000\n', 10)).toBe('(empty)')
  })
})
