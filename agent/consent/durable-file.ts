import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces a file as a whole: after a SIGKILL or a power cut at any moment either the old or the new text stands there.
 * The file gets mode 0600, a missing directory 0700.
 *
 * @throws the file system's error, with the old file untouched
 */
export function replaceFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.new`
  rmSync(draft, { force: true }) // Left over by a crash, or a link that someone planted: it must not be followed.
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeWhole(file, Buffer.from(text))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncDirectory(dirname(path))
}

/** Writes all bytes; `writeSync` alone may write fewer. */
export function writeWhole(file: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) written += writeSync(file, bytes, written)
}

/** Makes a rename or a new name durable. Windows cannot open directories; there the rename itself is journalled. */
export function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
