import { zstdCompressSync } from 'node:zlib'
import { BlockBuilder } from '@askfirst/server/store/row-blocks/block-builder.ts'
import { linesOf } from '@askfirst/server/store/row-blocks/chunk-lines.ts'
import type { BlockFilter } from '@askfirst/server/store/row-blocks/filter-block.ts'
import { matchOf, passingRows, toBlockFilter } from '@askfirst/server/store/row-blocks/filter-block.ts'
import type { RowColumns } from '@askfirst/server/store/row-blocks/row-block.ts'
import { columnsOf, findWords, readColumns } from '@askfirst/server/store/row-blocks/row-block.ts'
import { askedWord, packVocabulary, wordsBeginningWith } from '@askfirst/server/store/row-blocks/vocabulary.ts'
import { hashWords, wordHash } from '@askfirst/server/store/row-blocks/word-hashes.ts'
import { searchWords } from '@askfirst/server/store/sql/search-words.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

interface Row extends Partial<RowColumns> {
  readonly text?: string
}

function blockOf(rows: readonly Row[], builder = new BlockBuilder()) {
  builder.start()
  for (const { text = '', atMs = null, level = null, provider = null } of rows) {
    builder.text(text)
    builder.row({ atMs, level, provider })
  }
  return builder.finish()
}

function hashesOf(text: string): Set<number> {
  const hashes = new Set<number>()
  hashWords(text, (hash) => hashes.add(hash))
  return hashes
}

/** Rows of a block that pass a filter; none when the block as a whole does not. */
function rowsOf(block: ReturnType<typeof blockOf>, filter: BlockFilter): readonly number[] {
  const match = matchOf(block, filter)
  return match === null ? [] : passingRows(block, match, filter)
}

const unit = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0, max: 0x600 }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.constantFrom(0x20, 0x2019, 0x3a3, 0x130, 0xdf, 0x301, 0xfb01, 0x1f600),
)
const text = fc.array(unit, { maxLength: 40 }).map((units) => units.map((one) => String.fromCodePoint(one)).join(''))

describe('words', () => {
  test('are hashed as they are searched, whatever the text', () => {
    fc.assert(
      fc.property(text, (one) => {
        expect(hashesOf(one)).toEqual(new Set(searchWords(one).map(wordHash)))
      }),
      { numRuns: 3_000 },
    )
  })

  test('are cut at 64 characters and folded', () => {
    for (const one of [
      'x'.repeat(63),
      'x'.repeat(64),
      'x'.repeat(65),
      'É'.repeat(70),
      'STRASSE Straße ΟΔΟΣ',
      '½ ﬁn İ',
      'À\u03f9 \u03f9À',
    ])
      expect(hashesOf(one)).toEqual(new Set(searchWords(one).map(wordHash)))
  })
})

describe('a vocabulary', () => {
  test('holds each word as it is searched, whatever the text', () => {
    fc.assert(
      fc.property(text, (one) => {
        const cut: string[] = []
        hashWords(one, (_hash, of, start, end) => cut.push(of.slice(start, end)))
        const vocabulary = packVocabulary(cut)
        for (const word of searchWords(one))
          expect(wordsBeginningWith(vocabulary, [askedWord(word)])[0]).not.toEqual([])
        expect(wordsBeginningWith(vocabulary, [askedWord('')])[0]?.length).toBe(Math.max(cut.length, 1))
      }),
      { numRuns: 1_000 },
    )
  })

  test('finds the words that begin with what is asked for, and no others', () => {
    const vocabulary = packVocabulary(['Festplatte', 'FEST', 'platte', 'Élan', 'x'.repeat(70)])
    const find = (word: string) => wordsBeginningWith(vocabulary, [askedWord(word)])[0]
    expect([find('fest'), find('festp'), find('platte'), find('ela'), find('x'.repeat(64)), find('latte')]).toEqual([
      [0, 1],
      [0],
      [2],
      [3],
      [4],
      [],
    ])
  })
})

describe('a block', () => {
  test('gives back the columns of each row', () => {
    const rows = [
      { atMs: Date.UTC(2026, 10, 22), level: 'error', provider: 'Ünïcode' },
      { atMs: null, level: null, provider: 'Ünïcode' },
      { atMs: -1, level: 'warning', provider: null },
    ]
    const block = blockOf(rows)
    // As a driver may give it: a view that starts at an odd place.
    const shifted = Buffer.concat([Buffer.from([1]), block.columns]).subarray(1)
    for (const bytes of [block.columns, shifted]) {
      const columns = readColumns(bytes, rows.length)
      expect(rows.map((_, row) => columnsOf(columns, row))).toEqual(
        rows.map(({ atMs, ...names }) => ({ at: atMs === null ? null : new Date(atMs).toISOString(), ...names })),
      )
    }
  })

  test('finds the rows that a plain look at each row finds', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'dd', 'd', 'é', 'e', 'Éa', 'ab', 'abc')
    const name = fc.constantFrom(null, 'one', 'two', 'three')
    const row = fc.record({
      text: fc.array(word).map((words) => words.join(' ')),
      level: name,
      provider: name,
      atMs: fc.option(fc.nat(9)),
    })
    const filter = fc.record({
      words: fc.array(word, { maxLength: 3 }),
      levels: fc.option(fc.array(fc.constantFrom('one', 'two', 'four'))),
      fromMs: fc.option(fc.nat(9)),
      toMs: fc.option(fc.nat(9)),
    })
    const builder = new BlockBuilder()
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), filter, (rows, { words, levels, fromMs, toMs }) => {
        const block = blockOf(rows, builder)
        const asked = toBlockFilter({
          ...(words.length === 0 ? {} : { q: words.join(' ') }),
          ...(levels === null ? {} : { levels }),
          ...(fromMs === null ? {} : { from: new Date(fromMs).toISOString() }),
          ...(toMs === null ? {} : { to: new Date(toMs).toISOString() }),
        })
        const isWanted = ({ text, level, atMs }: (typeof rows)[number]) =>
          asked.words.every(({ word }) => searchWords(text).some((one) => one.startsWith(word))) &&
          (levels === null || (level !== null && levels.some((one) => one === level))) &&
          (fromMs === null || (atMs !== null && atMs >= fromMs)) &&
          (toMs === null || (atMs !== null && atMs <= toMs))
        const wanted = rows.flatMap((one, at) => (isWanted(one) ? [at] : []))
        expect(rowsOf(block, asked)).toEqual(wanted)
      }),
      { numRuns: 500 },
    )
  })

  test('holds a hundred thousand different words and as many uses, and its builder the next chunk after it', () => {
    const builder = new BlockBuilder()
    const big = blockOf(
      [{ text: 'w1 w1' }, { text: Array.from({ length: 100_000 }, (_, n) => `w${n}`).join(' ') }],
      builder,
    )
    const find = (block: typeof big, q: string) => rowsOf(block, toBlockFilter({ q }))
    expect([find(big, 'w1'), find(big, 'w99999'), find(big, 'w1 w99999'), find(big, 'w100000')]).toEqual([
      [0, 1],
      [1],
      [1],
      [],
    ])
    const small = blockOf([{ text: 'w1' }], builder)
    expect(findWords(small, [askedWord('w2')])).toBeNull()
    expect([find(small, 'w1'), small.words.byteLength, small.postings.byteLength]).toEqual([[0], 6, 2])
  })
})

describe('lines of a chunk', () => {
  const lines = ['{}', '', '{"ä":1}', '{"b":2}']
  const raw = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  const chunk = { body: zstdCompressSync(raw), rawBytes: raw.length }

  test('are any of them, in order', async () => {
    expect(await linesOf(chunk, [0, 1, 2, 3])).toEqual(lines)
    expect(await linesOf(chunk, [2])).toEqual(['{"ä":1}'])
    expect(await linesOf(chunk, [])).toEqual([])
  })

  test('are refused when the chunk is another one', async () => {
    await expect(linesOf(chunk, [4])).rejects.toThrow(RangeError)
    await expect(linesOf(chunk, [9])).rejects.toThrow(RangeError)
    await expect(linesOf({ body: zstdCompressSync(Buffer.from('{}')), rawBytes: 2 }, [0])).rejects.toThrow(RangeError)
    await expect(linesOf({ body: zstdCompressSync(Buffer.alloc(1_000_000)), rawBytes: 100 }, [0])).rejects.toThrow()
    await expect(linesOf({ body: Buffer.from('no frame'), rawBytes: 100 }, [0])).rejects.toThrow()
  })
})
