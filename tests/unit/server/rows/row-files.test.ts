import { compareFields, meetsAll, parseFieldFilter } from '@askfirst/server/rows/field-filter.ts'
import { grainFor, histogramOf } from '@askfirst/server/rows/histogram.ts'
import { csvHead, csvLine, cutRow, jsonLine } from '@askfirst/server/rows/row-files.ts'
import { describe, expect, test } from 'vitest'

describe('files of rows', () => {
  test('quote what CSV needs quoted and guard what a spreadsheet would run', () => {
    expect(csvHead(['name', '=x'])).toBe("\ufeffn,name,'=x\r\n")
    const row = { a: '=1+1', b: '+x', c: '-x', d: '@x', e: '\tx', f: '\rx', g: 'say "hi", now', h: -5, i: true }
    expect(csvLine({ n: 7, row }, Object.keys(row))).toBe(
      `7,'=1+1,'+x,'-x,'@x,'\tx,"'\rx","say ""hi"", now",-5,true\r\n`,
    )
    expect(csvLine({ n: 0, row: { list: ['=x'], deep: { in: 'it' } } }, ['list', 'deep.in', 'none'])).toBe(
      '0,"[""=x""]",it,\r\n',
    )
  })

  test('hold whole rows or the chosen columns as NDJSON', () => {
    expect(jsonLine({ n: 1, row: { a: 1, b: 2 } }, null)).toBe('{"n":1,"row":{"a":1,"b":2}}\n')
    expect(jsonLine({ n: 1, row: { a: 1, b: 2 } }, ['b', 'c'])).toBe('{"n":1,"row":{"b":2}}\n')
  })

  test('are no part of lists: there texts are cut', () => {
    const cut = cutRow({ a: 'x'.repeat(30), b: 5, c: { d: 'y'.repeat(30) }, e: { f: 1 } }, 16)
    expect(cut).toEqual({ a: `${'x'.repeat(16)} …`, b: 5, c: '{"d":"yyyyyyyyyy …', e: { f: 1 } })
    expect(cutRow({ a: `${'x'.repeat(15)}😀` }, 16)).toEqual({ a: `${'x'.repeat(15)}\ufffd …` })
  })
})

describe('conditions on fields', () => {
  const row = { eventId: 41, message: 'Disk Error: x', data: { param1: 'a:b' }, 'odd.name': 'here' }
  const holds = (...texts: string[]) => meetsAll(row, texts.map(parseFieldFilter))

  test('compare text, numbers and parts', () => {
    expect(holds('eventId:eq:41', 'message:has:disk error')).toBe(true)
    expect(holds('eventId:eq:4')).toBe(false)
    expect(holds('eventId:gt:9', 'eventId:lt:100')).toBe(true)
    expect(holds('data.param1:eq:a:b')).toBe(true)
    expect(holds('odd.name:eq:here')).toBe(true)
    expect(holds('none:ne:x')).toBe(true)
    expect(holds('none:eq:')).toBe(false)
    expect(holds('none:has:x')).toBe(false)
    expect(holds('none:lt:5')).toBe(false)
    expect(holds('constructor:has:Object')).toBe(false)
  })

  test('are refused when they are not ours', () => {
    for (const text of ['', 'a', 'a:like:b', ':eq:1'])
      expect(() => parseFieldFilter(text)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }))
  })

  test('sort numbers before texts, and what is absent last both ways', () => {
    const values = ['b', 10, undefined, 'a', 9, null]
    expect(values.toSorted((a, b) => compareFields(a, b, 1)).slice(0, 4)).toEqual([9, 10, 'a', 'b'])
    expect(values.toSorted((a, b) => compareFields(a, b, -1)).slice(0, 4)).toEqual(['b', 'a', 10, 9])
  })
})

describe('rows over time', () => {
  test('fall into buckets of one width without gaps, each with its worst level', () => {
    const { bucketMs, buckets } = histogramOf(
      [
        { prefix: '2026-11-22T03:00', level: 'information', count: 4 },
        { prefix: '2026-11-22T03:00', level: 'error', count: 1 },
        { prefix: '2026-11-22T03:09', level: 'warning', count: 2 },
        { prefix: '2026-99-22T03:09', level: 'warning', count: 9 },
      ],
      10,
    )
    expect(bucketMs).toBe(60_000)
    expect(buckets).toHaveLength(10)
    expect(buckets[0]).toEqual({ at: '2026-11-22T03:00:00.000Z', count: 5, bad: 1, warnings: 0, worst: 'error' })
    expect(buckets[5]).toMatchObject({ count: 0, worst: null })
    expect(buckets[9]).toMatchObject({ count: 2, warnings: 2, worst: 'warning' })
  })

  test('stay bounded whatever times a device sends', () => {
    const times = ['0001-01-01', '9999-12-31'].map((prefix) => ({ prefix, level: null, count: 1 }))
    expect(histogramOf(times, 100).buckets.length).toBeLessThanOrEqual(100)
    expect(histogramOf([], 100)).toEqual({ bucketMs: 0, buckets: [] })
    expect(grainFor(Number.POSITIVE_INFINITY).length).toBe(4)
    expect(grainFor(0).length).toBe(23)
    expect(grainFor(3_600_000).length).toBe(19)
  })
})
