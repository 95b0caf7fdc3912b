import { LineSplitter } from '@askfirst/agent/platform/line-splitter.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function split(pieces: readonly Buffer[], maxLineBytes = 1_000) {
  const splitter = new LineSplitter(maxLineBytes)
  const lines = pieces.flatMap((piece) => [...splitter.push(piece)])
  const last = splitter.finish()
  return { lines: last === null ? lines : [...lines, last], cutLines: splitter.cutLines }
}

describe('the line splitter', () => {
  it('gives the same lines wherever the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !/[\r\n]/.test(line))),
        fc.integer({ min: 1, max: 7 }),
        (lines, size) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const pieces: Buffer[] = []
          for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
          expect(split(pieces).lines).toEqual(lines)
        },
      ),
    )
  })

  it('takes CR LF, an end without a line feed, and bytes that are no UTF-8', () => {
    expect(split([Buffer.from('a\r\nb\n\nc')]).lines).toEqual(['a', 'b', '', 'c'])
    expect(split([Buffer.from([0xff, 0x41, 0x0a])]).lines).toEqual(['\ufffdA'])
  })

  it.each([
    [4, 'abcd', 0],
    [5, 'abcde', 0],
    [6, 'abcde', 1],
  ])('with a limit of 5 bytes a line of %i becomes %s', (length, line, cutLines) => {
    const text = `${'abcdef'.slice(0, length)}\nnext\n`
    expect(split([Buffer.from(text)], 5)).toEqual({ lines: [line, 'next'], cutLines })
    expect(
      split(
        [...text].map((letter) => Buffer.from(letter)),
        5,
      ),
    ).toEqual({ lines: [line, 'next'], cutLines })
  })
})
