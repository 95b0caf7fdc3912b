import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { MAX_HELD_BYTES } from '@askfirst/agent/help/attachment-files.ts'
import type { AttachmentId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id } from '../consent/consent-fixture.ts'
import { ANN, BEN, picture, recordOf, TicketsOnDisk } from './tickets-fixture.ts'

let disk: TicketsOnDisk

beforeEach(() => {
  disk = new TicketsOnDisk()
})
afterEach(() => {
  disk.dispose()
})

const held = () => readdirSync(join(disk.dataDir, 'attachments'))
const pieces = () => disk.sentOf('attachment.piece')
const stateOf = (attachmentId: AttachmentId) =>
  disk.tickets
    .of(ANN)
    .flatMap(({ files }) => files)
    .find((file) => file.attachmentId === attachmentId)?.state

/** A ticket with one file whose statement the server has. */
function recordedWith(bytes: Buffer): AttachmentId {
  const attachmentId = disk.attached(bytes)
  disk.opened(ANN, { files: [{ attachmentId, name: 'Picture 1.png' }] })
  disk.record()
  return attachmentId
}

/** An honest server that takes all bytes from where it is. */
function takeAll(attachmentId: AttachmentId, from: number, length: number): Buffer {
  const got: Buffer[] = []
  let at = from
  while (at < length) {
    disk.fileState(attachmentId, 'wanted', at)
    const piece = pieces().at(-1)
    if (piece?.offset !== at) throw new Error(`no piece at ${at}`)
    const data = Buffer.from(piece.data, 'base64')
    got.push(data)
    at += data.length
  }
  disk.fileState(attachmentId, 'complete', length)
  return Buffer.concat(got)
}

describe('a file that a person adds', () => {
  it('[P5] is named with length, kind and SHA-256, follows in pieces and is deleted when the server has it', () => {
    const bytes = picture(100_000)
    const attachmentId = recordedWith(bytes)
    const { said } = recordOf(disk.lastJws())
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const ref = { attachmentId, name: 'Picture 1.png', mediaType: 'image/png', bytes: 100_000, sha256 }
    expect(said).toMatchObject({ attachments: [ref] })
    expect(takeAll(attachmentId, 0, bytes.length).equals(bytes)).toBe(true)
    expect(pieces().map(({ data }) => Buffer.from(data, 'base64').length)).toEqual([49_152, 49_152, 1_696])
    expect(stateOf(attachmentId)).toBe('complete')
    expect(held()).toEqual([])
    expect(disk.history.entries().at(-1)).toMatchObject({ kind: 'attachment.sent', body: { attachmentId } })
  })

  it('[P5] leaves nothing of itself before its statement is recorded', () => {
    const attachmentId = disk.attached(picture(1_000))
    disk.fileState(attachmentId, 'wanted')
    disk.opened(ANN, { files: [{ attachmentId, name: 'a.png' }] })
    disk.fileState(attachmentId, 'wanted')
    expect(pieces()).toEqual([])
    disk.record()
    disk.fileState(attachmentId, 'wanted')
    expect(pieces()).toHaveLength(1)
  })

  it('[P6] goes on where the server is after a kill, and the statement asks for where that is', () => {
    const bytes = picture(120_000, 7)
    const attachmentId = recordedWith(bytes)
    disk.fileState(attachmentId, 'wanted', 0)
    disk.restart()
    const before = disk.sentOf('person.statement').length
    disk.tickets.connected()
    expect(disk.sentOf('person.statement')).toHaveLength(before + 1)
    const rest = takeAll(attachmentId, 49_152, bytes.length)
    expect(rest.equals(bytes.subarray(49_152))).toBe(true)
    expect(stateOf(attachmentId)).toBe('complete')
    disk.restart()
    disk.tickets.connected()
    expect(disk.sentOf('person.statement')).toHaveLength(before + 1)
  })

  it('leaves each byte once in a session, however often the server asks', () => {
    const attachmentId = recordedWith(picture(100_000))
    for (let n = 0; n < 50; n += 1) disk.fileState(attachmentId, 'wanted', 0)
    expect(pieces()).toHaveLength(1)
    disk.fileState(attachmentId, 'wanted', 49_152)
    disk.fileState(attachmentId, 'wanted', 10)
    disk.fileState(attachmentId, 'wanted', 100_000)
    expect(pieces()).toHaveLength(2)
    disk.tickets.connected()
    disk.fileState(attachmentId, 'wanted', 0)
    expect(pieces()).toHaveLength(3)
  })

  it('is not given up because a server says that it has what was not sent', () => {
    const attachmentId = recordedWith(picture(100_000))
    disk.fileState(attachmentId, 'complete', 100_000)
    disk.fileState(attachmentId, 'wanted', 0)
    disk.fileState(attachmentId, 'complete', 100_000)
    expect(stateOf(attachmentId)).toBe('waiting')
    expect(held()).toEqual([attachmentId])
  })

  it('is deleted when it is refused, and when its statement is', () => {
    const refused = recordedWith(picture(1_000))
    disk.fileState(refused, 'refused')
    expect(stateOf(refused)).toBe('refused')
    const lost = disk.attached(picture(1_000))
    disk.opened(ANN, { files: [{ attachmentId: lost, name: 'a.png' }] })
    disk.record('refused', 'STATEMENT_INVALID')
    expect(stateOf(lost)).toBe('refused')
    expect(held()).toEqual([])
  })

  it.each([
    ['picture.png', Buffer.from('<svg onload=alert(1)>\0')],
    ['picture.jpg', Buffer.from('MZ\u0090\0', 'latin1')],
    ['picture.gif', Buffer.from('GIF89a\u0001\0\u0001\0', 'latin1')],
  ])('[P5] is judged by its bytes: %s is none of the kinds', (name, bytes) => {
    const attachmentId = disk.attached(bytes)
    expect(() => disk.opened(ANN, { files: [{ attachmentId, name }] })).toThrow('not a picture')
    expect(disk.tickets.of(ANN)).toEqual([])
  })

  it('[L18] is taken up to 5 MiB and not a byte more', () => {
    const attachmentId = disk.attached(picture(LIMITS.maxAttachmentBytes))
    const more = { attachmentId, offset: LIMITS.maxAttachmentBytes, data: Buffer.from('x') }
    expect(() => disk.tickets.attach(more, ANN)).toThrow('5 MiB')
    expect(() => disk.opened(ANN, { files: [{ attachmentId, name: 'a.png' }] })).not.toThrow()
  })

  it('[L19] is one of six at most, and none twice', () => {
    const files = Array.from({ length: 7 }, (_, n) => ({
      attachmentId: disk.attached(picture(50, n)),
      name: `${n}.png`,
    }))
    expect(() => disk.opened(ANN, { files })).toThrow('6 different files')
    const [one] = files
    expect(() => disk.opened(ANN, { files: one === undefined ? [] : [one, one] })).toThrow('different files')
    expect(() => disk.opened(ANN, { files: files.slice(0, 6) })).not.toThrow()
  })

  it('[P4] can be named, continued and deleted by its account only', () => {
    const attachmentId = disk.attached(picture(100))
    const files = [{ attachmentId, name: 'a.png' }]
    expect(() => disk.opened(BEN, { files })).toThrow('not here any more')
    expect(() => disk.tickets.attach({ attachmentId, offset: 100, data: Buffer.from('x') }, BEN)).toThrow('not here')
    disk.tickets.detach(attachmentId, BEN)
    expect(held()).toEqual([attachmentId])
    disk.tickets.detach(attachmentId, ANN)
    expect(held()).toEqual([])
  })

  it('comes piece after piece; another position is refused', () => {
    const { attachmentId } = disk.tickets.attach({ offset: 0, data: picture(100) }, ANN)
    expect(() => disk.tickets.attach({ attachmentId, offset: 99, data: Buffer.from('x') }, ANN)).toThrow('100 bytes')
    expect(() => disk.tickets.attach({ offset: 1, data: Buffer.from('x') }, ANN)).toThrow('0 bytes')
  })

  it('is deleted with a form that was left alone for an hour, and at a start', () => {
    const left = disk.attached(picture(100))
    disk.clock.pass(3_600_000)
    disk.attached(picture(100))
    expect(held()).toContain(left)
    disk.clock.pass(1)
    const fresh = disk.attached(picture(100))
    expect(held()).not.toContain(left)
    expect(held()).toContain(fresh)
    disk.restart()
    expect(held()).toEqual([])
  })

  it('is one of twelve drafts of an account; another account has its own', () => {
    for (let n = 0; n < 12; n += 1) disk.attached(picture(100))
    expect(() => disk.attached(picture(100))).toThrow('12 files')
    expect(() => disk.attached(picture(100), BEN)).not.toThrow()
  })

  it('fills no disk: all files together stay within a bound, counted anew at a start', () => {
    const attachmentId = disk.attached(picture(100))
    disk.opened(ANN, { files: [{ attachmentId, name: 'a.png' }] })
    const path = join(disk.dataDir, 'attachments', attachmentId)
    // Sparse: it has the length and no blocks.
    truncateSync(path, MAX_HELD_BYTES - 200)
    disk.restart()
    expect(() => disk.attached(picture(200))).not.toThrow()
    expect(() => disk.attached(picture(8))).toThrow('Too many files')
  })

  it('has a file of mode 0600 under its own id, whatever name the person sees', () => {
    const attachmentId = disk.attached(picture(100))
    disk.opened(ANN, { files: [{ attachmentId, name: '../../evil.png' }] })
    expect(held()).toEqual([attachmentId])
    expect(existsSync(join(disk.dataDir, 'evil.png'))).toBe(false)
    if (process.platform !== 'win32')
      expect(statSync(join(disk.dataDir, 'attachments', attachmentId)).mode & 0o777).toBe(0o600)
  })

  it('is unknown to a server that names another', () => {
    recordedWith(picture(100))
    disk.fileState(id('att'), 'wanted')
    disk.fileState(id('att'), 'complete', 100)
    expect(pieces()).toEqual([])
    expect(held()).toHaveLength(1)
  })
})
