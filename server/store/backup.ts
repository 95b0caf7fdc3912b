import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { backup } from 'node:sqlite'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, zstdCompressSync } from 'node:zlib'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Manifest, Part } from './backup/manifest.ts'
import { MAX_PARTS, PART_NAME, STORE_PART } from './backup/manifest.ts'
import { deriveKey, newKdf, sealPart } from './backup/sealed-part.ts'
import type { PartSource } from './backup/write-container.ts'
import { writeContainer } from './backup/write-container.ts'
import { openForReading } from './sqlite/database.ts'

/** A file that belongs to the server beside its store. */
export interface BackupFile {
  /** Lower case letters, digits, dots and hyphens; the name under which `restoreSqlite` writes it. */
  readonly name: string
  readonly path: string
  /** True for keys: they go into the backup sealed with the passphrase or not at all. */
  readonly secret: boolean
}

export interface BackupOptions {
  /** The store's database file; the server may be running. */
  readonly file: string
  /** Path of the backup; must not be there yet. */
  readonly out: string
  readonly files: readonly BackupFile[]
  /** Seals the secret files; null only together with `withoutKeys`, or when there are none. */
  readonly passphrase: string | null
  readonly withoutKeys: boolean
  /** ISO 8601. */
  readonly now: string
}

const MIN_PASSPHRASE_LENGTH = 12
const isPartName = new RegExp(PART_NAME)

/**
 * Makes a backup of a running or stopped server with SQLite's online backup: one moment of the database, and the given files.
 *
 * @returns the manifest that stands in the backup
 * @throws AskFirstError INVALID_REQUEST when keys would go in without a passphrase, or `out` exists
 */
export async function backupSqlite(options: BackupOptions): Promise<Manifest> {
  checkOptions(options)
  await refuseExisting(options.out)
  const copy = `${options.out}.copy`
  const packed = `${options.out}.packed`
  const partial = `${options.out}.partial`
  try {
    const manifest = await makeBackup(options, { copy, packed, partial })
    await rename(partial, options.out)
    return manifest
  } finally {
    for (const path of [copy, packed, partial]) await rm(path, { force: true })
  }
}

function checkOptions({ files, passphrase, withoutKeys }: BackupOptions): void {
  const names = new Set([STORE_PART, ...files.map(({ name }) => name)])
  if (
    names.size !== files.length + 1 ||
    files.length >= MAX_PARTS ||
    [...names].some((name) => !isPartName.test(name))
  ) {
    throw new AskFirstError(
      'INVALID_REQUEST',
      'The files of a backup need distinct names of lower case letters, digits, dots and hyphens',
    )
  }
  if (passphrase === null && !withoutKeys && files.some(({ secret }) => secret)) {
    throw new AskFirstError(
      'INVALID_REQUEST',
      'A backup with keys needs a passphrase; give one, or leave the keys out with --without-keys',
    )
  }
  if (passphrase !== null && passphrase.length < MIN_PASSPHRASE_LENGTH) {
    throw new AskFirstError('INVALID_REQUEST', `The passphrase needs at least ${MIN_PASSPHRASE_LENGTH} characters`)
  }
}

async function refuseExisting(path: string): Promise<void> {
  const there = await stat(path).catch(() => null)
  if (there !== null) throw new AskFirstError('CONFLICT', `${path} is there already; name a new file`)
}

interface Paths {
  readonly copy: string
  readonly packed: string
  readonly partial: string
}

async function makeBackup(options: BackupOptions, paths: Paths): Promise<Manifest> {
  const schema = await copyDatabase(options.file, paths.copy)
  await pipeline(createReadStream(paths.copy), createZstdCompress(), createWriteStream(paths.packed, { mode: 0o600 }))
  const parts: Part[] = [await storePart(paths)]
  const sources: PartSource[] = [{ file: paths.packed }]
  const kdf = options.passphrase === null ? null : newKdf()
  const key = options.passphrase === null || kdf === null ? null : await deriveKey(options.passphrase, kdf)
  for (const file of options.files) {
    if (file.secret && key === null) continue
    const content = await readFile(file.path)
    const stored = file.secret && key !== null ? sealPart(key, file.name, content) : zstdCompressSync(content)
    const form = file.secret ? 'sealed' : 'zstd'
    parts.push({ name: file.name, form, bytes: content.length, sha256: sha256Hex(content), storedBytes: stored.length })
    sources.push({ content: stored })
  }
  const manifest: Manifest = { format: 'askfirst.backup.v1', createdAt: options.now, schema, kdf, parts }
  await writeContainer(paths.partial, manifest, sources)
  return manifest
}

async function copyDatabase(file: string, copy: string): Promise<string[]> {
  const database = openForReading(file)
  try {
    const rows = database.prepare('select name from kysely_migration order by name').all()
    await backup(database, copy, { rate: 1_000 })
    return rows.map(({ name }) => String(name))
  } finally {
    database.close()
  }
}

async function storePart({ copy, packed }: Paths): Promise<Part> {
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(copy)) hash.update(bytes)
  const [{ size: bytes }, { size: storedBytes }] = [await stat(copy), await stat(packed)]
  return { name: STORE_PART, form: 'zstd', bytes, sha256: hash.digest('hex'), storedBytes }
}

function sha256Hex(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
