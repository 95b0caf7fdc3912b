import {
  checkpointText,
  formatSignedNote,
  parseCheckpointText,
  parseSignedNote,
} from '@askfirst/protocol/checkpoint.ts'
import { describe, expect, it } from 'vitest'

const STATED = { origin: 'desk.example.org/ticket/tkt_1', size: 3, headHash: 'a'.repeat(64) }
const TEXT = `desk.example.org/ticket/tkt_1\n3\n${'a'.repeat(64)}\n`

describe('a checkpoint', () => {
  it('[G6] states origin, size and last hash, one a line', () => {
    expect(checkpointText(STATED)).toBe(TEXT)
    expect(parseCheckpointText(TEXT)).toEqual(STATED)
  })

  it.each([
    ['another size', TEXT.replace('\n3\n', '\n03\n')],
    ['a negative size', TEXT.replace('\n3\n', '\n-3\n')],
    ['a size beyond whole numbers', TEXT.replace('\n3\n', '\n9999999999999999\n')],
    ['capital letters in the hash', TEXT.replaceAll('a'.repeat(64), 'A'.repeat(64))],
    ['more lines', `${TEXT}more\n`],
    ['no line end', TEXT.slice(0, -1)],
    ['a blank in the origin', TEXT.replace('desk.', 'desk ')],
  ])('[G6] is not read with %s', (_what, text) => {
    expect(parseCheckpointText(text)).toBeNull()
  })

  it.each([{ origin: 'two words' }, { origin: '' }, { size: -1 }, { size: 1.5 }, { headHash: 'A'.repeat(64) }])(
    '[G6] is not made with %j',
    (change) => {
      expect(() => checkpointText({ ...STATED, ...change })).toThrow(RangeError)
    },
  )

  it('[G6] is signed in the form of a C2SP signed note', () => {
    const note = { text: TEXT, keyName: 'desk.example.org', signature: 'AAAAAAAA' }
    expect(formatSignedNote(note)).toBe(`${TEXT}\n\u2014 desk.example.org AAAAAAAA\n`)
    expect(parseSignedNote(formatSignedNote(note))).toEqual(note)
    for (const broken of [
      TEXT,
      `${TEXT}\n- desk AAAA\n`,
      `${formatSignedNote(note)}\u2014 other AAAA\n`,
      formatSignedNote(note).trimEnd(),
    ])
      expect(parseSignedNote(broken)).toBeNull()
  })
})
