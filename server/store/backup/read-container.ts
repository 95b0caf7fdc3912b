import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Manifest, Part } from './manifest.ts'
import { DIGEST_BYTES, LENGTH_BYTES, MAGIC, MAX_MANIFEST_BYTES, parseManifest } from './manifest.ts'

/** A backup whose manifest, length and digest were checked. */
export interface Container {
  readonly path: string
  readonly manifest: Manifest
  /** Where each part begins. */
  readonly offsets: ReadonlyMap<string, number>
}

/**
 * Reads a backup's manifest and checks the whole file against its digest.
 *
 * @throws AskFirstError INVALID_REQUEST when it is not a backup, or a byte of it was changed or is missing
 */
export async function readContainer(path: string): Promise<Container> {
  const { size } = await stat(path)
  const manifest = await readManifest(path, size)
  const offsets = new Map<string, number>()
  let at = manifest.bytes
  for (const part of manifest.value.parts) {
    if (offsets.has(part.name)) throw damaged(path, `it names the part ${part.name} twice`)
    offsets.set(part.name, at)
    at += part.storedBytes
  }
  if (at + DIGEST_BYTES !== size) throw damaged(path, `it has ${size} bytes, but its parts need ${at + DIGEST_BYTES}`)
  await checkDigest(path, size)
  return { path, manifest: manifest.value, offsets }
}

/** A stream of a part as it stands in the backup. */
export function partStream(container: Container, part: Part): NodeJS.ReadableStream {
  const start = container.offsets.get(part.name) ?? 0
  return createReadStream(container.path, { start, end: start + part.storedBytes - 1 })
}

async function readManifest(path: string, size: number): Promise<{ value: Manifest; bytes: number }> {
  const handle = await open(path, 'r')
  try {
    const start = Buffer.alloc(Math.min(size, MAGIC.length + LENGTH_BYTES + MAX_MANIFEST_BYTES))
    await handle.read(start, 0, start.length, 0)
    if (start.length < MAGIC.length + LENGTH_BYTES || !start.subarray(0, MAGIC.length).equals(MAGIC))
      throw damaged(path, 'it does not begin as a backup of this version does')
    const length = start.readUInt32BE(MAGIC.length)
    const from = MAGIC.length + LENGTH_BYTES
    const value = length <= MAX_MANIFEST_BYTES ? parseManifest(start.toString('utf8', from, from + length)) : null
    if (value === null) throw damaged(path, 'its manifest cannot be read')
    return { value, bytes: from + length }
  } finally {
    await handle.close()
  }
}

async function checkDigest(path: string, size: number): Promise<void> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(path, { end: size - DIGEST_BYTES - 1 })) hash.update(bytes)
  const parts: Buffer[] = []
  for await (const bytes of createReadStream(path, { start: size - DIGEST_BYTES })) parts.push(Buffer.from(bytes))
  if (!Buffer.concat(parts).equals(hash.digest())) throw damaged(path, 'its content does not match its digest')
}

function damaged(path: string, why: string): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', `${path} is not a whole backup: ${why}. Use another copy`)
}
