import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import { scrubbedEnvironment } from './scrubbed-environment.ts'

const runFile = promisify(execFile)
const LOOKUP_TIMEOUT_MS = 3_000
const LOOKUP_MAX_BYTES = 4_194_304

/** One local account. `home` is empty where the system's list does not say it. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly fullName: string
  readonly home: string
}

/** The machine's own accounts, read once; empty on Windows, where accounts have no number. */
export class Accounts {
  readonly #platform: Platform
  #list: Promise<readonly Account[]> | null = null
  readonly #byUid = new Map<number, string | null>()

  constructor(platform: Platform) {
    this.#platform = platform
  }

  /** All local accounts; empty when the list cannot be read, which only leaves numbers in the place of names. */
  all(): Promise<readonly Account[]> {
    this.#list ??= readAccounts(this.#platform).catch(() => [])
    return this.#list
  }

  /** Name of the account with this number, or null. Accounts of a directory service are asked for one by one. */
  async nameOf(uid: number): Promise<string | null> {
    const known = this.#byUid.get(uid)
    if (known !== undefined) return known
    const local = (await this.all()).find((account) => account.uid === uid)?.name
    const name = local ?? (await this.#directoryName(uid))
    this.#byUid.set(uid, name)
    return name
  }

  async #directoryName(uid: number): Promise<string | null> {
    if (this.#platform !== 'linux') return null
    try {
      const { stdout } = await lookUp('/usr/bin/getent', ['passwd', String(uid)], this.#platform)
      return parsePasswd(stdout)[0]?.name ?? null
    } catch {
      return null // Unknown number, or no getent: the number stays without a name.
    }
  }
}

async function readAccounts(platform: Platform): Promise<readonly Account[]> {
  if (platform === 'win32') return []
  if (platform === 'linux') return parsePasswd(await readFile('/etc/passwd', 'utf8'))
  const { stdout } = await lookUp('/usr/bin/dscl', ['.', '-list', '/Users', 'UniqueID'], platform)
  return parseDsclList(stdout)
}

function lookUp(program: string, args: readonly string[], platform: Platform) {
  const options = { env: scrubbedEnvironment(platform), timeout: LOOKUP_TIMEOUT_MS, maxBuffer: LOOKUP_MAX_BYTES }
  return runFile(program, args, { ...options, encoding: 'utf8' })
}

/** Reads passwd(5): name, password mark, number, group, full name and more, home, shell, with colons between. */
export function parsePasswd(text: string): Account[] {
  const accounts: Account[] = []
  for (const line of text.split('\n')) {
    const [name = '', , uid = '', , gecos = '', home = ''] = line.split(':')
    if (name === '' || name.startsWith('#') || !/^\d{1,10}$/.test(uid)) continue
    accounts.push({ name, uid: Number(uid), fullName: gecos.split(',')[0] ?? '', home })
  }
  return accounts
}

/** Reads `dscl . -list /Users UniqueID`: name and number with blanks between. */
export function parseDsclList(text: string): Account[] {
  const accounts: Account[] = []
  for (const line of text.split('\n')) {
    const match = /^(\S+)\s+(-?\d{1,10})\s*$/.exec(line)
    if (match === null) continue
    const [, name = '', uid = ''] = match
    accounts.push({ name, uid: Number(uid), fullName: '', home: name.startsWith('_') ? '' : `/Users/${name}` })
  }
  return accounts
}
