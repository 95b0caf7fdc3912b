import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { secretsFolder } from './local-address.ts'
import type { LocalUser } from './local-operations.ts'

const SECRET_BYTES = 32

/** One account that may use the channel. */
export interface SecretHolder extends LocalUser {
  /** Name of the secret's file: the uid, on Windows the account name. */
  readonly name: string
  readonly secret: Buffer
}

/** The account of this process. */
export function ownAccount(): LocalUser {
  const { username, uid } = userInfo()
  return { osUser: username, uid }
}

/** File name of an account's secret. */
export function secretName({ osUser, uid }: LocalUser): string {
  return uid >= 0 ? String(uid) : osUser.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64)
}

/**
 * Makes fresh secrets for the given accounts and forgets all others. Each file can be read by its account alone (mode
 * 0400, owner set where this process is root); the folder can be passed through but not listed.
 */
export class LocalSecrets {
  readonly #folder: string
  readonly #holders = new Map<string, SecretHolder>()

  constructor(runDir: string) {
    this.#folder = secretsFolder(runDir)
    const asRoot = ownAccount().uid === 0
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    if (asRoot) for (const folder of [runDir, this.#folder]) chmodSync(folder, 0o711)
    for (const name of readdirSync(this.#folder)) rmSync(join(this.#folder, name), { force: true })
  }

  /** Gives each account a secret that has none and takes those of accounts that are gone. */
  serve(accounts: readonly LocalUser[]): void {
    const wanted = new Map(accounts.map((account) => [secretName(account), account]))
    for (const name of this.#holders.keys()) {
      if (!wanted.has(name)) this.#drop(name)
    }
    for (const [name, account] of wanted) {
      if (!this.#holders.has(name)) this.#issue(name, account)
    }
  }

  holder(name: string): SecretHolder | undefined {
    return this.#holders.get(name)
  }

  /** Removes all secrets: nobody can use the channel any more. */
  close(): void {
    for (const name of [...this.#holders.keys()]) this.#drop(name)
  }

  #issue(name: string, account: LocalUser): void {
    const path = join(this.#folder, name)
    const secret = randomBytes(SECRET_BYTES)
    writeFileSync(path, secret.toString('hex'), { mode: 0o400, flag: 'wx' })
    if (ownAccount().uid === 0 && account.uid > 0) chownSync(path, account.uid, -1)
    this.#holders.set(name, { ...account, name, secret })
  }

  #drop(name: string): void {
    this.#holders.delete(name)
    rmSync(join(this.#folder, name), { force: true })
  }
}

/**
 * Reads the secret of the account that this process runs under. An administrator without one of its own takes any: it
 * could read them all.
 *
 * @throws AskFirstError LOCAL_AUTH_FAILED when the agent is not running or this account has no secret
 */
export function readOwnSecret(runDir: string): { readonly name: string; readonly secret: Buffer } {
  const account = ownAccount()
  const own = readSecret(runDir, secretName(account))
  if (own !== null) return own
  if (account.uid === 0) {
    for (const name of listed(secretsFolder(runDir))) {
      const other = readSecret(runDir, name)
      if (other !== null) return other
    }
  }
  throw new AskFirstError(
    'LOCAL_AUTH_FAILED',
    `The agent is not running, or the account "${account.osUser}" may not talk to it (no readable secret in ${secretsFolder(runDir)}).`,
  )
}

function readSecret(runDir: string, name: string): { readonly name: string; readonly secret: Buffer } | null {
  try {
    const secret = Buffer.from(readFileSync(join(secretsFolder(runDir), name), 'utf8'), 'hex')
    return secret.length === SECRET_BYTES ? { name, secret } : null
  } catch {
    return null // Missing or another account's: the caller says what that means.
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // No folder: no agent has started here.
  }
}
