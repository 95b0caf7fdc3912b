import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AttachmentId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { AttachmentRef } from '@askfirst/protocol/statement-record.ts'
import { syncDirectory, writeWhole } from '../consent/durable-file.ts'
import { attachmentKind } from './attachment-kind.ts'

const FOLDER = 'attachments'
/** A draft that got nothing for so long was abandoned. */
const ABANDONED_MS = 60 * 60_000
/** Most drafts of one account: those of two forms. */
const MAX_DRAFTS = 2 * LIMITS.maxAttachments
/** Most bytes of drafts and files that wait, of all accounts. */
export const MAX_HELD_BYTES = 134_217_728

interface Draft {
  readonly account: string
  bytes: number
  touchedMs: number
}

/** The bytes of files that people add: drafts while a form is filled in, then files until the server has them. */
export class AttachmentFiles {
  readonly #folder: string
  readonly #monotonicMs: () => number
  readonly #drafts = new Map<AttachmentId, Draft>()
  #heldBytes = 0

  /** @param named files of statements; all others in the folder are of forms that were never sent, and are deleted */
  constructor(dataDir: string, monotonicMs: () => number, named: ReadonlySet<string>) {
    this.#folder = join(dataDir, FOLDER)
    this.#monotonicMs = monotonicMs
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    for (const name of readdirSync(this.#folder)) {
      if (named.has(name)) this.#heldBytes += statSync(join(this.#folder, name)).size
      else rmSync(join(this.#folder, name), { recursive: true, force: true })
    }
  }

  /** Begins a draft. @throws AskFirstError ATTACHMENT_INVALID when the account has too many, or all together are too long */
  begin(attachmentId: AttachmentId, account: string): void {
    this.dropAbandoned()
    const own = [...this.#drafts.values()].filter((draft) => draft.account === account)
    if (own.length >= MAX_DRAFTS) throw invalid(`At most ${MAX_DRAFTS} files can wait here before they are sent.`)
    closeSync(openSync(this.#path(attachmentId), 'wx', 0o600))
    this.#drafts.set(attachmentId, { account, bytes: 0, touchedMs: this.#monotonicMs() })
  }

  /** Adds bytes at the end of a draft and says how long it is now. @throws AskFirstError NOT_FOUND, CONFLICT, ATTACHMENT_INVALID */
  append(
    attachmentId: AttachmentId,
    account: string,
    piece: { readonly offset: number; readonly data: Buffer },
  ): number {
    const draft = this.#draft(attachmentId, account)
    if (piece.offset !== draft.bytes)
      throw new AskFirstError('CONFLICT', `The file has ${draft.bytes} bytes; the next piece begins there.`)
    if (draft.bytes + piece.data.length > LIMITS.maxAttachmentBytes)
      throw invalid(`The file is longer than ${LIMITS.maxAttachmentBytes / 1_048_576} MiB.`)
    if (this.#heldBytes + piece.data.length > MAX_HELD_BYTES)
      throw invalid('Too many files wait on this computer. Wait until they are sent.')
    const file = openSync(this.#path(attachmentId), 'a')
    try {
      writeWhole(file, piece.data)
    } finally {
      closeSync(file)
    }
    draft.bytes += piece.data.length
    draft.touchedMs = this.#monotonicMs()
    this.#heldBytes += piece.data.length
    return draft.bytes
  }

  /** Deletes a draft; one that is not there is as it should be. */
  drop(attachmentId: AttachmentId, account: string): void {
    if (this.#drafts.get(attachmentId)?.account === account) this.remove(attachmentId)
  }

  /** What a statement says of a draft, after its bytes are durable. @throws AskFirstError NOT_FOUND, ATTACHMENT_INVALID */
  describe(attachmentId: AttachmentId, account: string, name: string): AttachmentRef {
    this.#draft(attachmentId, account)
    const bytes = readFileSync(this.#path(attachmentId))
    const mediaType = attachmentKind(bytes)
    if (mediaType === null) throw invalid(`${name} is not a picture (PNG, JPEG) or a text.`)
    const file = openSync(this.#path(attachmentId), 'r+')
    try {
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    syncDirectory(this.#folder)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { attachmentId, name, mediaType, bytes: bytes.length, sha256 }
  }

  /** A statement names the file: it is no draft any more. */
  named(attachmentId: AttachmentId): void {
    this.#drafts.delete(attachmentId)
  }

  /** Bytes of a file from a position on; empty when it is gone. */
  read(attachmentId: AttachmentId, offset: number, length: number): Buffer {
    if (!existsSync(this.#path(attachmentId))) return Buffer.alloc(0)
    const file = openSync(this.#path(attachmentId), 'r')
    try {
      const bytes = Buffer.alloc(length)
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset))
    } finally {
      closeSync(file)
    }
  }

  remove(attachmentId: AttachmentId): void {
    this.#drafts.delete(attachmentId)
    const path = this.#path(attachmentId)
    if (!existsSync(path)) return
    this.#heldBytes -= statSync(path).size
    rmSync(path, { force: true })
  }

  dropAbandoned(): void {
    const before = this.#monotonicMs() - ABANDONED_MS
    for (const [attachmentId, { touchedMs }] of this.#drafts) {
      if (touchedMs < before) this.remove(attachmentId)
    }
  }

  #draft(attachmentId: AttachmentId, account: string): Draft {
    const draft = this.#drafts.get(attachmentId)
    if (draft?.account === account) return draft
    throw new AskFirstError('NOT_FOUND', 'A file that you added is not here any more. Add it again.')
  }

  #path(attachmentId: AttachmentId): string {
    return join(this.#folder, attachmentId)
  }
}

function invalid(message: string): AskFirstError {
  return new AskFirstError('ATTACHMENT_INVALID', message)
}
