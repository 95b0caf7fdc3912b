import { chmod, open } from 'node:fs/promises'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { ChunkInput } from '../entities.ts'
import type { Call } from '../method-list.ts'
import { areasFromCalls, METHODS } from '../method-list.ts'
import type { RowBlock } from '../row-blocks/row-block.ts'
import { buffersOf } from '../row-blocks/row-block.ts'
import type { Store } from '../store.ts'
import { ThreadLink } from './thread-link.ts'

/** A call of `runs.indexRows` with more bytes goes as several, so that acknowledgements come between. */
const BYTES_PER_INDEXING = 1_048_576

/**
 * Opens the embedded store: one thread that writes with group commit and one that reads, so that a heavy read never
 * delays an acknowledgement. An older file is brought to this version.
 *
 * @param file path of the database; made with mode 0600 when it is not there
 * @throws AskFirstError UNAVAILABLE when the file was written by a newer version or cannot be opened
 */
export async function openSqlite(file: string): Promise<Store> {
  await makePrivate(file)
  const writer = new ThreadLink({ role: 'write', file })
  const reader = new ThreadLink({ role: 'read', file })
  await bothReady(writer, reader)
  return {
    ...areasFromCalls(callOver(writer, reader)),
    ping: async () => {
      await Promise.all([writer.ping(), reader.ping()])
    },
    close: async () => {
      await reader.close()
      await writer.close()
    },
  }
}

async function bothReady(writer: ThreadLink, reader: ThreadLink): Promise<void> {
  try {
    await Promise.all([writer.ready(), reader.ready()])
    await reader.ping()
  } catch (error) {
    await Promise.all([writer.end(), reader.end()])
    throw error
  }
}

function callOver(writer: ThreadLink, reader: ThreadLink): Call {
  return async (name, args) => {
    // The interface's own types: `areasFromCalls` passes arguments on untouched.
    if (name === 'runs.appendChunks') return await writer.append(args[0] as readonly ChunkInput[])
    if (name === 'runs.indexRows') return await indexInParts(writer, args[0] as RunId, args[1] as readonly RowBlock[])
    return await (METHODS[name] === 'write' ? writer : reader).call(name, args)
  }
}

async function indexInParts(writer: ThreadLink, id: RunId, blocks: readonly RowBlock[]): Promise<void> {
  let part: RowBlock[] = []
  let bytes = 0
  for (const block of blocks) {
    part.push(block)
    bytes += block.columns.byteLength + block.words.byteLength + block.postings.byteLength
    if (bytes < BYTES_PER_INDEXING) continue
    await writer.call('runs.indexRows', [id, part], buffersOf(part))
    part = []
    bytes = 0
  }
  if (part.length > 0 || blocks.length === 0) await writer.call('runs.indexRows', [id, part], buffersOf(part))
}

async function makePrivate(file: string): Promise<void> {
  const handle = await open(file, 'a', 0o600)
  await handle.close()
  await chmod(file, 0o600)
}
