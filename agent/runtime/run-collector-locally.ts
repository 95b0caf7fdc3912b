import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { PersonalData } from '../redaction/redactor.ts'
import type { HostOptions } from './collector-host.ts'
import { startCollectorHost } from './collector-host.ts'

const decompress = promisify(zstdDecompress)

export interface LocalRun extends HostOptions {
  readonly collector: string
  readonly params: Readonly<Record<string, unknown>>
  readonly personalData: PersonalData
  /** Ends the run early; absent: it runs to its end. */
  readonly signal?: AbortSignal
}

/**
 * Runs one collector exactly as a technician's order would, in a host of its own, and yields its rows as JSON texts,
 * one chunk after the other. Nothing is sent anywhere. Returns the completeness record.
 */
export async function* runCollectorLocally(
  local: LocalRun,
): AsyncGenerator<readonly string[], Completeness, undefined> {
  const host = startCollectorHost(local)
  try {
    const runId = makeId('run', Date.now(), randomBytes(10))
    const { collector, params, personalData } = local
    const run = host.run({ runId, collector, params, personalData, ticketKey: randomBytes(32) })
    local.signal?.addEventListener('abort', () => run.cancel('RUN_CANCELLED'), { once: true })
    for await (const frame of run.frames) yield await rowsOf(frame.body)
    return await run.end
  } finally {
    host.kill()
    await host.exited
  }
}

async function rowsOf(body: Uint8Array): Promise<string[]> {
  const raw = await decompress(body, { maxOutputLength: LIMITS.maxChunkRawBytes })
  return raw.toString('utf8').split('\n').slice(0, -1)
}
