import { AskFirstError, isErrorCode } from '@askfirst/protocol/errors.ts'
import type { ChunkInput } from '../entities.ts'
import type { MethodName } from '../method-list.ts'

/** What goes to a store thread. */
export type ToThread =
  | { readonly kind: 'call'; readonly id: number; readonly name: MethodName; readonly args: readonly unknown[] }
  | { readonly kind: 'append'; readonly id: number; readonly chunks: PackedChunks }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'close'; readonly id: number }

/** What comes back. */
export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: CarriedError }
  | { readonly kind: 'broken'; readonly error: CarriedError }

/** What a thread is started with. */
export interface ThreadStart {
  readonly role: 'write' | 'read'
  readonly file: string
}

/** An error as plain data. */
export interface CarriedError {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

export function carryError(error: unknown): CarriedError {
  if (error instanceof AskFirstError) return { code: error.code, message: error.message, details: error.details }
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), details: {} }
}

export function errorFrom({ code, message, details }: CarriedError): AskFirstError {
  return new AskFirstError(isErrorCode(code) ? code : 'INTERNAL', message, { details: { ...details } })
}

/** Chunks whose hashes and bodies stand one after the other in one buffer, which is moved and not copied. */
export interface PackedChunks {
  readonly fields: readonly PackedChunk[]
  readonly bytes: ArrayBuffer
}
type PackedChunk = Omit<ChunkInput, 'sha256' | 'body'> & { readonly hashBytes: number; readonly bodyBytes: number }

/** Copies the bytes once: a chunk is usually a view on a socket's larger buffer, which cloning would copy whole. */
export function packChunks(chunks: readonly ChunkInput[]): PackedChunks {
  const size = chunks.reduce((sum, { sha256, body }) => sum + sha256.byteLength + body.byteLength, 0)
  const bytes = new Uint8Array(size)
  let at = 0
  const fields = chunks.map(({ sha256, body, ...rest }) => {
    bytes.set(sha256, at)
    bytes.set(body, at + sha256.byteLength)
    at += sha256.byteLength + body.byteLength
    return { ...rest, hashBytes: sha256.byteLength, bodyBytes: body.byteLength }
  })
  return { fields, bytes: bytes.buffer }
}

export function unpackChunks({ fields, bytes }: PackedChunks): ChunkInput[] {
  let at = 0
  return fields.map(({ hashBytes, bodyBytes, ...rest }) => {
    const sha256 = new Uint8Array(bytes, at, hashBytes)
    const body = new Uint8Array(bytes, at + hashBytes, bodyBytes)
    at += hashBytes + bodyBytes
    return { ...rest, sha256, body }
  })
}
