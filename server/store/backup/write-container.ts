import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Manifest } from './manifest.ts'
import { LENGTH_BYTES, MAGIC } from './manifest.ts'

/** A part's bytes as they go into the backup. */
export type PartSource = { readonly file: string } | { readonly content: Buffer }

/** Writes the container and returns when it is on the disk; `sources` are in the manifest's order. */
export async function writeContainer(path: string, manifest: Manifest, sources: readonly PartSource[]): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    for await (const bytes of containerBytes(manifest, sources)) {
      hash.update(bytes)
      await handle.writeFile(bytes)
    }
    await handle.writeFile(hash.digest())
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function* containerBytes(manifest: Manifest, sources: readonly PartSource[]): AsyncGenerator<Buffer> {
  const json = Buffer.from(JSON.stringify(manifest))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32BE(json.length)
  yield Buffer.concat([MAGIC, length, json])
  for (const source of sources) {
    if ('content' in source) yield source.content
    else yield* fileBytes(source.file)
  }
}

async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  for await (const bytes of createReadStream(path)) yield Buffer.from(bytes)
}
