import { readdirSync } from 'node:fs'
import { hostname, networkInterfaces, userInfo } from 'node:os'
import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { Account } from '../platform/accounts.ts'

/**
 * What names this machine and its people, read from the machine itself and independent of the collectors that were
 * allowed, so that the redaction of free text never depends on one of them.
 */
export interface Seeds {
  readonly hostNames: readonly string[]
  /** Accounts of people, and their full names. */
  readonly userNames: readonly string[]
  /** Accounts that come with the system: they name nobody and are kept. */
  readonly systemAccounts: readonly string[]
  readonly macAddresses: readonly string[]
  readonly ipAddresses: readonly string[]
}

/** Numbers below belong to the system (login.defs UID_MIN on Linux; 501 is the first person on macOS). */
const FIRST_PERSON: Readonly<Record<Platform, number>> = { linux: 1_000, darwin: 500, win32: 0 }
const NOBODY_UIDS = new Set([65_534, 4_294_967_294, -2])
const SHARED_PROFILES = new Set(['public', 'default', 'default user', 'all users', 'defaultuser0', 'desktop.ini'])
const GENERIC_HOSTS = new Set(['localhost', 'localhost.localdomain', ''])

/** Gathers the seeds. Parts that the system does not tell are left out. */
export function gatherSeeds(platform: Platform, accounts: readonly Account[]): Seeds {
  const people = accounts.filter((account) => isPerson(account, platform))
  const names = [...people.flatMap(({ name, fullName }) => [name, fullName]), ...profileNames(platform), ownUser()]
  const systemAccounts = accounts.filter((account) => !people.includes(account)).map(({ name }) => name)
  const system = new Set(systemAccounts)
  return {
    hostNames: hostNames(hostname()),
    userNames: [...new Set(names)].filter((name) => name.length > 1 && !system.has(name) && name !== 'root'),
    systemAccounts,
    ...ownAddresses(),
  }
}

function isPerson(account: Account, platform: Platform): boolean {
  if (account.uid === 0 || NOBODY_UIDS.has(account.uid) || account.name.startsWith('_')) return false
  return account.uid >= FIRST_PERSON[platform] || /^\/(?:home|Users)\//.test(account.home)
}

/** The name as it is, and without its domain; longest first, so that the whole goes before the part. */
function hostNames(name: string): string[] {
  const lower = name.toLowerCase()
  const [short = ''] = lower.split('.')
  return [...new Set([lower, short])].filter((host) => host.length > 1 && !GENERIC_HOSTS.has(host))
}

function profileNames(platform: Platform): string[] {
  if (platform === 'linux') return []
  const root = platform === 'win32' ? 'C:\\Users' : '/Users'
  try {
    return readdirSync(root).filter((name) => !SHARED_PROFILES.has(name.toLowerCase()) && !name.startsWith('.'))
  } catch {
    return [] // Profiles live elsewhere: the accounts' list and the own name remain.
  }
}

function ownUser(): string {
  try {
    return userInfo().username
  } catch {
    return '' // A number without an account, as in containers.
  }
}

function ownAddresses(): { macAddresses: string[]; ipAddresses: string[] } {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const own = all.filter((address) => !address.internal)
  return {
    macAddresses: [...new Set(own.map(({ mac }) => mac.toLowerCase()))].filter((mac) => mac !== '00:00:00:00:00:00'),
    ipAddresses: [...new Set(own.map(({ address }) => address))],
  }
}
