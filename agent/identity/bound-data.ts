import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from '../consent/durable-file.ts'
import type { Identity } from './identity.ts'

const FILE = 'bound-to.json'
/** What belongs to one server alone: grants, unsent records, rows that wait, people's tickets and files. The person's own history stays. */
const BOUND = [
  ...['consent.json', 'spool', 'reviews.json', 'seen-orders.jsonl', 'checkpoints'],
  ...['tickets', 'attachments'],
] as const

/**
 * Makes sure that nothing which was granted or collected for one server can reach another: after this computer was
 * enrolled elsewhere, what belonged to the earlier server is deleted before the agent starts.
 *
 * @returns true when something was deleted
 */
export function bindData(dataDir: string, { deviceId, authoritySha256 }: Identity): boolean {
  const path = join(dataDir, FILE)
  const now = JSON.stringify({ deviceId, authoritySha256 })
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null
  if (before === now) return false
  for (const name of BOUND) rmSync(join(dataDir, name), { recursive: true, force: true })
  replaceFile(path, now)
  return before !== null
}
