import { readdirSync, readFileSync } from 'node:fs'
import type { LocalUser } from './local-operations.ts'
import { ownAccount } from './local-secrets.ts'

/** Folder in which Linux keeps one directory per account that has a session now. */
const SESSIONS = '/run/user'

/**
 * The accounts that may answer: the agent's own, and where it runs as root those that have a session on this machine.
 *
 * @param sessions folder whose numeric entries are uids with a session
 */
export function accountsWithSession(sessions: string = SESSIONS): LocalUser[] {
  const own = ownAccount()
  if (own.uid !== 0) return [own]
  const uids = entries(sessions)
    .filter((name) => /^[1-9]\d{0,9}$/.test(name))
    .map(Number)
  if (uids.length === 0) return [own]
  const names = accountNames()
  return [own, ...uids.map((uid) => ({ uid, osUser: names.get(uid) ?? `uid:${uid}` }))]
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // Not Linux, or no session manager: only the agent's own account.
  }
}

/** Names by uid from the local account file; accounts from a directory service keep their number. */
function accountNames(): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid] = line.split(':')
    if (name !== undefined && uid !== undefined && /^\d+$/.test(uid)) names.set(Number(uid), name)
  }
  return names
}
