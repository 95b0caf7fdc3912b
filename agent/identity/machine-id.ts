import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { replaceFile } from '../consent/durable-file.ts'

const run = promisify(execFile)
const LIMITS = { timeout: 5_000, maxBuffer: 65_536 } as const

/**
 * Hash by which a server knows this machine again after a reinstallation. Salted with the authority's fingerprint, so
 * that two servers cannot compare their machines.
 *
 * @param machineId as `readMachineId` gives it
 * @returns 64 hexadecimal digits
 */
export function machineIdHash(machineId: string, authoritySha256: Uint8Array): string {
  return createHash('sha256').update('askfirst machine id\0').update(authoritySha256).update(machineId).digest('hex')
}

/**
 * Reads the operating system's own id of this installation: /etc/machine-id (Linux, machine-id(5)), MachineGuid
 * (Windows), IOPlatformUUID (macOS). A system without one gets a random id in `dataDir`.
 */
export async function readMachineId(dataDir: string): Promise<string> {
  return (await systemMachineId()) ?? (await ownMachineId(join(dataDir, 'machine-id')))
}

async function systemMachineId(): Promise<string | null> {
  if (process.platform === 'win32') return await windowsMachineId()
  if (process.platform === 'darwin') return await macMachineId()
  return (
    parseLinuxMachineId(await tryRead('/etc/machine-id')) ??
    parseLinuxMachineId(await tryRead('/var/lib/dbus/machine-id'))
  )
}

/** The id in the text of /etc/machine-id; null when it is empty, `uninitialized`, or anything else. */
export function parseLinuxMachineId(text: string | null): string | null {
  return text === null ? null : (/^([0-9a-f]{32})\s*$/.exec(text)?.[1] ?? null)
}

/** The GUID in the output of `reg query ... /v MachineGuid`. */
export function parseRegQuery(output: string): string | null {
  return /^\s+MachineGuid\s+REG_SZ\s+([0-9A-Fa-f-]{36})\s*$/m.exec(output)?.[1]?.toLowerCase() ?? null
}

/** The UUID in the output of `ioreg -rd1 -c IOPlatformExpertDevice`. */
export function parseIoreg(output: string): string | null {
  return /"IOPlatformUUID" = "([0-9A-Fa-f-]{36})"/.exec(output)?.[1]?.toLowerCase() ?? null
}

async function windowsMachineId(): Promise<string | null> {
  const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography'
  const args = ['query', key, '/v', 'MachineGuid', '/reg:64']
  return parseRegQuery(await outputOf('C:\\Windows\\System32\\reg.exe', args, { SystemRoot: 'C:\\Windows' }))
}

async function macMachineId(): Promise<string | null> {
  return parseIoreg(await outputOf('/usr/sbin/ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], {}))
}

/** Output of a fixed program; empty when it cannot be run, because then the machine gets an id of our own. */
async function outputOf(file: string, args: readonly string[], env: Record<string, string>): Promise<string> {
  try {
    return (await run(file, [...args], { ...LIMITS, env, windowsHide: true })).stdout
  } catch {
    return ''
  }
}

async function tryRead(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null // Missing or unreadable: the caller has another source.
  }
}

async function ownMachineId(path: string): Promise<string> {
  const kept = parseLinuxMachineId(await tryRead(path))
  if (kept !== null) return kept
  const made = randomBytes(16).toString('hex')
  replaceFile(path, `${made}\n`)
  return made
}
