import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { replaceFile } from '../consent/durable-file.ts'
import { NO_CHUNKS, SpoolMeta, SpoolState } from './spool-meta.ts'

const DIRECTORY_MODE = 0o700
const SEGMENT_NAME = /^g(\d{6})-(\d{6})\.rows$/

/** A run's files: `meta.json`, `state.json`, and its segments `gGENERATION-FIRSTCHUNK.rows`. */
export class RunFiles {
  readonly directory: string

  constructor(spoolDirectory: string, runId: string) {
    this.directory = join(spoolDirectory, runId)
  }

  async create(meta: SpoolMeta): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: DIRECTORY_MODE })
    replaceFile(join(this.directory, 'meta.json'), JSON.stringify(meta))
  }

  /** What the run is; null when its file is missing or damaged: nobody can say then whose rows these are. */
  readMeta(): Promise<SpoolMeta | null> {
    return this.#read('meta.json', SpoolMeta)
  }

  async readState(): Promise<SpoolState> {
    return (await this.#read('state.json', SpoolState)) ?? { generation: 0, acknowledged: NO_CHUNKS }
  }

  writeState(state: SpoolState): void {
    replaceFile(join(this.directory, 'state.json'), JSON.stringify(state))
  }

  segmentPath(generation: number, firstChunk: number): string {
    return join(this.directory, `g${sixDigits(generation)}-${sixDigits(firstChunk)}.rows`)
  }

  /** First chunks of the segments of one generation, in order; files of other generations are deleted. */
  async segments(generation: number): Promise<number[]> {
    const firstChunks: number[] = []
    for (const name of await readdir(this.directory)) {
      const match = SEGMENT_NAME.exec(name)
      if (match === null) continue
      if (Number(match[1]) === generation) firstChunks.push(Number(match[2]))
      else await rm(join(this.directory, name), { force: true })
    }
    return firstChunks.sort((a, b) => a - b)
  }

  async removeSegment(generation: number, firstChunk: number): Promise<void> {
    await rm(this.segmentPath(generation, firstChunk), { force: true })
  }

  async removeAll(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }

  async #read<Schema extends TSchema>(name: string, schema: Schema): Promise<Static<Schema> | null> {
    try {
      const value: unknown = JSON.parse(await readFile(join(this.directory, name), 'utf8'))
      return Check(schema, value) ? value : null
    } catch {
      return null // Missing or damaged: the caller knows what that means for this file.
    }
  }
}

function sixDigits(value: number): string {
  return String(value).padStart(6, '0')
}
