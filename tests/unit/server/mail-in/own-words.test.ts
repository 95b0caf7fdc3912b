import { ownWords } from '@askfirst/server/mail-in/own-words.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('the own words of an answer', () => {
  test.each([
    [
      'a quotation below',
      'It works now.\n\nOn 1 March 2026 at 10:00, Desk <help@desk.example> wrote:\n> Try again\n> please',
    ],
    ['a quotation in German', 'It works now.\n\nAm 01.03.2026 um 10:00 schrieb Desk:\n> Bitte noch einmal'],
    [
      'an introduction over two lines',
      'It works now.\n\nOn Sun, 1 March 2026 at 10:00, The Help Desk\n<help@desk.example> wrote:\n\nTry again',
    ],
    [
      'the block of an older program',
      'It works now.\n\n-----Original Message-----\nFrom: Desk\nSubject: x\n\nTry again',
    ],
    ['a block without dashes', 'It works now.\n\nFrom: Desk <help@desk.example>\nSent: Sunday\nTo: Kim\n\nTry again'],
    ['a signature', 'It works now.\n\n-- \nKim\nAccounts'],
    ['quoted lines without introduction', 'It works now.\n\n> Try again\n> please\n'],
  ])('are without %s', (_what, text) => {
    expect(ownWords(text)).toBe('It works now.')
  })

  test('keep what is quoted in between and answered there, and words that only look like an introduction', () => {
    const between = '> Is it on?\nYes.\n> Is it plugged in?\nNo.'
    expect(ownWords(between)).toBe(between)
    expect(ownWords('From: what I see, it is broken.\nNothing else')).toBe(
      'From: what I see, it is broken.\nNothing else',
    )
  })

  test('are everything where there is nothing but a quotation', () => {
    expect(ownWords('> Try again')).toBe('> Try again')
    expect(ownWords('-- \nKim')).toBe('-- \nKim')
  })

  test('are always a part of the text, and are left alone when looked at again', () => {
    const line = fc.constantFrom(
      'a',
      '> b',
      '-- ',
      'On 1 March Kim wrote:',
      'From: x',
      'To: y',
      '',
      '________________________',
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const text = lines.join('\n')
        const own = ownWords(text)
        expect(text.includes(own)).toBe(true)
        if (text.trim() !== '') expect(own).not.toBe('')
      }),
    )
  })
})
