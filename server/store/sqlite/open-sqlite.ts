import { chmod, open } from 'node:fs/promises'
import type { RunId } from '@askfirst/protocol/ids.ts'
import type { ChunkInput } from '../entities.ts'
import type { Call } from '../method-list.ts'
import { areasFromCalls, METHODS } from '../method-list.ts'
import type { RowBlock } from '../row-blocks/row-block.ts'
import { buffersOf } from '../row-blocks/row-block.ts'
import type { Store } from '../store.ts'
import { isPointRead, PointReads } from './point-reads.ts'
import { ThreadLink } from './thread-link.ts'

/** The threads' program as it lies beside this file. */
const THREAD = new URL('./store-thread.ts', import.meta.url)
/** A call of `runs.indexRows` with more bytes goes as several, so that acknowledgements come between. */
const BYTES_PER_INDEXING = 1_048_576

/**
 * Opens the embedded store: one thread that writes with group commit and one that reads, so that a heavy read never
 * delays an acknowledgement; what every connect asks is read on the caller's thread. An older file is brought to this version.
 *
 * @param file path of the database; made with mode 0600 when it is not there
 * @param thread the threads' program, where it is not the one beside this file: bundled into one file it starts sooner
 * @throws AskFirstError UNAVAILABLE when the file was written by a newer version or cannot be opened
 */
export async function openSqlite(file: string, thread: URL = THREAD): Promise<Store> {
  await makePrivate(file)
  const writer = new ThreadLink(thread, { role: 'write', file })
  const reader = new ThreadLink(thread, { role: 'read', file })
  await bothReady(writer, reader)
  const points = new PointReads(file)
  return {
    ...areasFromCalls(callOver({ writer, reader, points })),
    ping: async () => {
      await Promise.all([writer.ping(), reader.ping()])
    },
    close: async () => {
      points.close()
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

interface Connections {
  readonly writer: ThreadLink
  readonly reader: ThreadLink
  readonly points: PointReads
}

function callOver({ writer, reader, points }: Connections): Call {
  return async (name, args) => {
    if (isPointRead(name)) return await pointRead({ reader, points }, name, args)
    // The interface's own types: `areasFromCalls` passes arguments on untouched.
    if (name === 'runs.appendChunks') return await writer.append(args[0] as readonly ChunkInput[])
    if (name === 'runs.indexRows') return await indexInParts(writer, args[0] as RunId, args[1] as readonly RowBlock[])
    return await (METHODS[name] === 'write' ? writer : reader).call(name, args)
  }
}

/** What cannot be read at once, e.g. while the file is locked, is read by the thread, which waits and says why. */
async function pointRead(
  { reader, points }: Omit<Connections, 'writer'>,
  name: Parameters<PointReads['call']>[0],
  args: readonly unknown[],
): Promise<unknown> {
  try {
    return points.call(name, args)
  } catch {
    return await reader.call(name, args)
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
