import { rowColumns } from '@askfirst/server/indexing/row-columns.ts'
import { expect, test } from 'vitest'

const atOf = (time: unknown) => rowColumns('eventlog.query', { time }).atMs

test('a time is an instant in UTC that exists, or none', () => {
  expect(atOf('2026-11-22T23:59:59.999Z')).toBe(Date.UTC(2026, 10, 22, 23, 59, 59, 999))
  expect(atOf('2024-02-29T00:00:00.000Z')).toBe(Date.UTC(2024, 1, 29))
  expect(atOf('0000-01-01T00:00:00.000Z')).toBe(Date.parse('0000-01-01T00:00:00.000Z'))
  for (const time of [
    ...['2023-02-29T00:00:00.000Z', '2024-04-31T00:00:00.000Z', '2024-13-01T00:00:00.000Z', '2024-00-01T00:00:00.000Z'],
    ...['2024-01-00T00:00:00.000Z', '2024-01-32T00:00:00.000Z', '2024-01-01T24:00:00.000Z', '2024-01-01T00:60:00.000Z'],
    ...[
      '2024-01-01T00:00:60.000Z',
      '2024-01-01',
      '2024-01-01T00:00:00Z',
      ' 2024-01-01T00:00:00.000Z',
      1_700_000_000_000,
    ],
    null,
  ]) {
    expect(atOf(time), String(time)).toBeNull()
  }
})

test('level and provider are short texts without U+0000, or none', () => {
  const columns = (level: unknown) => rowColumns('eventlog.query', { level, provider: level })
  expect(columns('error')).toEqual({ atMs: null, level: 'error', provider: 'error' })
  expect(columns('a\0b')).toMatchObject({ level: 'a\ufffdb', provider: 'a\ufffdb' })
  expect(columns('x'.repeat(256)).level).toBe('x'.repeat(256))
  expect(columns('x'.repeat(257)).level).toBeNull()
  expect(columns(3)).toMatchObject({ level: null, provider: null })
  expect(rowColumns('net.config', { level: 'error' })).toEqual({ atMs: null, level: null, provider: null })
})
