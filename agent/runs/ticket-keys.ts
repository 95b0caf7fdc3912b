import { createHmac, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { syncDirectory, writeWhole } from '../consent/durable-file.ts'

const FILE = 'pseudonym.key'
const BYTES = 32

/** Gives the HMAC key of a ticket's pseudonyms: the same for the whole ticket, and of no use for any other (SPEC X4). */
export type TicketKeys = (ticketId: TicketId) => Buffer

/**
 * Opens the device's secret for pseudonyms, or makes it at the first start (mode 0600). It never leaves the device: a
 * ticket's key is derived from it and goes to the collector host alone.
 *
 * @throws TypeError when the file is not one of ours: guessing a new secret would change pseudonyms in open tickets
 */
export function openTicketKeys(dataDir: string): TicketKeys {
  const path = join(dataDir, FILE)
  const secret = existsSync(path) ? Buffer.from(readFileSync(path, 'utf8').trim(), 'hex') : makeSecret(path)
  if (secret.length !== BYTES)
    throw new TypeError(`${path} does not hold ${BYTES} bytes in hexadecimal; restore or delete it`)
  syncDirectory(dataDir)
  return (ticketId) => createHmac('sha256', secret).update(`askfirst ticket pseudonyms\0${ticketId}`).digest()
}

function makeSecret(path: string): Buffer {
  const secret = randomBytes(BYTES)
  const file = openSync(path, 'wx', 0o600)
  try {
    writeWhole(file, Buffer.from(`${secret.toString('hex')}\n`))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return secret
}
