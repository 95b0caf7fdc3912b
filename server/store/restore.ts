import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TransformCallback } from 'node:stream'
import { Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Manifest, Part } from './backup/manifest.ts'
import { STORE_PART } from './backup/manifest.ts'
import type { Container } from './backup/read-container.ts'
import { partStream, readContainer } from './backup/read-container.ts'
import { deriveKey, openPart } from './backup/sealed-part.ts'
import type { EndedByRestore } from './end-before-restore.ts'
import { endBeforeRestore } from './end-before-restore.ts'
import type { IntegrityReport } from './integrity.ts'
import { checkIntegrity } from './integrity.ts'
import { openSqlite } from './sqlite/open-sqlite.ts'

/** Setting that counts how often this store was restored; whatever was allowed before a restore ends with it. */
export const EPOCH_SETTING = 'store.epoch'

export interface RestoreOptions {
  /** Path of the backup. */
  readonly from: string
  /** Where the database goes. */
  readonly file: string
  /** Folder where the other files go, under their names in the backup. */
  readonly directory: string
  /** Opens the sealed files; null leaves them out, and the report names them. */
  readonly passphrase: string | null
  /** True: only look whether the backup is whole and consistent; nothing is written at the target. */
  readonly checkOnly: boolean
  /** ISO 8601. */
  readonly now: string
}

export interface RestoreReport {
  readonly manifest: Manifest
  readonly integrity: IntegrityReport
  /** What was allowed, asked or running at the backup and was ended; null when only checked. */
  readonly ended: EndedByRestore | null
  /** Names of the files that were written, or would be. */
  readonly files: readonly string[]
  /** Sealed files that were left out for want of the passphrase. */
  readonly leftOut: readonly string[]
}

/** Other files of the server are certificates, keys and settings: none is larger. */
const MAX_FILE_BYTES = 1_048_576

/**
 * Puts a backup back in a stopped server's place. Everything is unpacked beside the target and checked first (digest, hash of
 * each part, SQLite's own check, every chain and chunk); only then is it moved. Nothing that is there is overwritten.
 *
 * @throws AskFirstError CONFLICT when something is at the target; INVALID_REQUEST when the backup is damaged or inconsistent
 */
export async function restoreSqlite(options: RestoreOptions): Promise<RestoreReport> {
  const container = await readContainer(options.from)
  if (!options.checkOnly) await refuseExisting(options, container)
  for (const folder of [options.directory, dirname(options.file)]) await mkdir(folder, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(dirname(options.file), '.restore-'))
  try {
    const staged = join(folder, STORE_PART)
    const { files, leftOut } = await unpackAll(container, options.passphrase, folder)
    const { integrity, ended } = await checkStore(staged, options)
    if (!options.checkOnly) await moveInPlace(options, folder, files)
    return { manifest: container.manifest, integrity, ended, files, leftOut }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function refuseExisting({ file, directory }: RestoreOptions, { manifest }: Container): Promise<void> {
  const names = manifest.parts.map(({ name }) => name).filter((name) => name !== STORE_PART)
  for (const path of [file, `${file}-wal`, ...names.map((name) => join(directory, name))]) {
    const there = await stat(path).catch(() => null)
    if (there !== null)
      throw new AskFirstError(
        'CONFLICT',
        `${path} is there already. Stop the server and move its data away before you restore`,
      )
  }
}

async function unpackAll(container: Container, passphrase: string | null, folder: string) {
  const { parts, kdf } = container.manifest
  const key = passphrase === null || kdf === null ? null : await deriveKey(passphrase, kdf)
  const files: string[] = []
  const leftOut: string[] = []
  for (const part of parts) {
    if (part.name === STORE_PART) await unpackStore(container, part, join(folder, part.name))
    else if (part.form === 'sealed' && key === null) leftOut.push(part.name)
    else {
      await writePrivate(join(folder, part.name), await fileContent(container, part, key))
      files.push(part.name)
    }
  }
  return { files, leftOut }
}

async function unpackStore(container: Container, part: Part, path: string): Promise<void> {
  const hash = createHash('sha256')
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length
      hash.update(chunk)
      // More than the manifest says would be a bomb.
      if (bytes > part.bytes) done(damagedPart(part))
      else done(null, chunk)
    },
  })
  await pipeline(partStream(container, part), createZstdDecompress(), counted, createWriteStream(path, { mode: 0o600 }))
  if (bytes !== part.bytes || hash.digest('hex') !== part.sha256) throw damagedPart(part)
}

async function fileContent(container: Container, part: Part, key: Buffer | null): Promise<Buffer> {
  if (part.bytes > MAX_FILE_BYTES || part.storedBytes > 2 * MAX_FILE_BYTES) throw damagedPart(part)
  const stored = await buffer(partStream(container, part))
  const content =
    part.form === 'sealed' && key !== null
      ? openPart(key, part.name, stored)
      : zstdDecompressSync(stored, { maxOutputLength: MAX_FILE_BYTES })
  if (content.length !== part.bytes || createHash('sha256').update(content).digest('hex') !== part.sha256)
    throw damagedPart(part)
  return content
}

function damagedPart({ name }: Part): AskFirstError {
  return new AskFirstError(
    'INVALID_REQUEST',
    `The part ${name} of the backup does not match its hash. Use another copy`,
  )
}

/** SQLite's own check, then ours; the restored store is marked as one before it takes its place. */
async function checkStore(
  path: string,
  { now, from, checkOnly }: RestoreOptions,
): Promise<Pick<RestoreReport, 'integrity' | 'ended'>> {
  checkFile(path)
  const store = await openSqlite(path)
  try {
    const integrity = await checkIntegrity(store)
    const [problem] = integrity.problems
    if (problem !== undefined)
      throw new AskFirstError('INVALID_REQUEST', `The backup is not consistent: ${problem}`, {
        details: { problems: integrity.problems },
      })
    if (checkOnly) return { integrity, ended: null }
    const ended = await endBeforeRestore(store, now)
    const epoch = Number((await store.settings.get(EPOCH_SETTING)) ?? 0) + 1
    const actor = { kind: 'system', id: 'restore', name: 'Restore' } as const
    const detail = { backup: basename(from), epoch, ended }
    await store.settings.set(EPOCH_SETTING, epoch, {
      at: now,
      actor,
      action: 'store.restored',
      subject: 'store',
      detail,
    })
    return { integrity, ended }
  } finally {
    await store.close()
  }
}

function checkFile(path: string): void {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const [row] = database.prepare('pragma integrity_check(1)').all()
    if (row?.integrity_check !== 'ok')
      throw new AskFirstError(
        'INVALID_REQUEST',
        `The database in the backup is damaged: ${String(row?.integrity_check)}`,
      )
  } finally {
    database.close()
  }
}

async function moveInPlace(
  { file, directory }: RestoreOptions,
  folder: string,
  files: readonly string[],
): Promise<void> {
  for (const name of files) await rename(join(folder, name), join(directory, name))
  // The database comes last: a restore that was cut off leaves no server that could start.
  await rename(join(folder, STORE_PART), file)
}

async function writePrivate(path: string, content: Buffer): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
