import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { zstdCompressSync } from 'node:zlib'
import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { Services } from '@askfirst/server/services.ts'
import type { Run } from '@askfirst/server/store/entities.ts'
import { AT, addRun, addScene, completeness, logDraft } from '../store-records.ts'

const ROWS_PER_CHUNK = 800
const INDEXED_WITHIN_MS = 120_000

/** A run whose rows come as an agent's chunks do, without the agent: the server's own indexer makes them readable. */
export class RunScene {
  readonly run: Run
  readonly #services: Pick<Services, 'store' | 'bus'>
  #rows = 0
  #chunks = 0
  #bytes = 0

  private constructor(services: Pick<Services, 'store' | 'bus'>, run: Run) {
    this.#services = services
    this.run = run
  }

  static async begin(services: Pick<Services, 'store' | 'bus'>, collector: string): Promise<RunScene> {
    const scene = await addScene(services.store)
    const run = await addRun(services.store, scene, { collector, orderedAt: new Date().toISOString() })
    const log = logDraft(run.ticketId, 'run.accepted', {})
    await services.store.runs.advance(run.id, { state: 'accepted', code: null, at: AT }, log)
    return new RunScene(services, run)
  }

  /** Path of the run's page. */
  get path(): string {
    return `/tickets/${this.run.ticketId}/runs/${this.run.id}`
  }

  get rows(): number {
    return this.#rows
  }

  /** Stores rows and tells the server; they can be read a moment later. */
  async add(rows: readonly object[]): Promise<void> {
    for (let at = 0; at < rows.length; at += ROWS_PER_CHUNK) await this.#append(rows.slice(at, at + ROWS_PER_CHUNK))
    this.#publish()
  }

  async #append(rows: readonly object[]): Promise<void> {
    const raw = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const body = new Uint8Array(zstdCompressSync(raw))
    const [outcome] = await this.#services.store.runs.appendChunks([
      {
        runId: this.run.id,
        deviceId: this.run.deviceId,
        seq: this.#chunks,
        firstRow: this.#rows,
        rows: rows.length,
        rawBytes: raw.length,
        sha256: new Uint8Array(createHash('sha256').update(body).digest()),
        body,
        receivedAt: new Date().toISOString(),
      },
    ])
    if (outcome?.outcome !== 'stored') throw new Error(`a chunk was not stored: ${outcome?.outcome}`)
    this.#chunks += 1
    this.#rows += rows.length
    this.#bytes += raw.length
  }

  /** Waits until all rows can be read. */
  async indexed(): Promise<void> {
    for (const end = performance.now() + INDEXED_WITHIN_MS; performance.now() < end; await sleep(50)) {
      const run = await this.#services.store.runs.get(this.run.id)
      if (run !== null && run.indexedRows >= this.#rows) return
    }
    throw new Error(`the rows of ${this.run.id} were not indexed`)
  }

  async end(changes: Partial<Completeness> = {}): Promise<void> {
    const counts = { rows: this.#rows, chunks: this.#chunks, bytes: this.#bytes, compressedBytes: this.#bytes }
    const record = completeness({ ...counts, ...changes })
    const log = logDraft(this.run.ticketId, 'run.ended', { runId: this.run.id })
    await this.#services.store.runs.end(this.run.id, { completeness: record, at: new Date().toISOString(), log })
    this.#publish()
  }

  #publish(): void {
    this.#services.bus.publish({ topic: `ticket/${this.run.ticketId}`, kind: 'run', id: this.run.id })
  }
}

/** A run of a kind with rows, complete and readable. */
export async function finishedRun(
  services: Pick<Services, 'store' | 'bus'>,
  collector: string,
  rows: readonly object[],
  record: Partial<Completeness> = {},
): Promise<RunScene> {
  const scene = await RunScene.begin(services, collector)
  await scene.add(rows)
  await scene.indexed()
  await scene.end(record)
  return scene
}

const LEVELS = ['information', 'information', 'warning', 'information', 'error', 'verbose', 'information', 'critical']
const SOURCES = ['kernel', 'systemd', 'disk', 'NetworkManager', 'sshd', 'cron']
export const FIRST_EVENT_MS = Date.parse('2026-11-20T06:00:00.000Z')

/** The events from one number to another, one a second, each unlike the others. */
export function events(from: number, to: number): readonly Record<string, unknown>[] {
  return Array.from({ length: to - from }, (_, at) => {
    const n = from + at
    return {
      time: new Date(FIRST_EVENT_MS + n * 1_000).toISOString(),
      level: LEVELS[n % LEVELS.length],
      provider: SOURCES[n % SOURCES.length],
      eventId: 1_000 + (n % 40),
      channel: 'System',
      recordId: n,
      host: 'front-desk',
      message: `Event number ${n}: the device answered after ${(n * 37) % 900} ms and went on with its work`,
      data: { param1: `value ${n}`, attempt: String(n % 5) },
    }
  })
}
