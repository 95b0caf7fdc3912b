import type { SessionEntry } from '../api/account.ts'
import { FACTOR_NAMES } from '../api/account.ts'
import type { Column } from '../ui/data-table.tsx'
import { Ago } from '../ui/time.tsx'
import styles from './desk.module.css'

/** What every list of sessions shows. Address and browser are what the browser said of itself. */
export const SESSION_COLUMNS: readonly Column<SessionEntry>[] = [
  {
    head: 'Browser',
    cell: ({ userAgent }) => (
      <span>
        {browserName(userAgent)}
        <span className={styles.sub}>{userAgent}</span>
      </span>
    ),
  },
  { head: 'Address', cell: ({ address }) => address ?? 'unknown' },
  { head: 'Second factor', cell: ({ factor }) => (factor === null ? 'None' : FACTOR_NAMES[factor]) },
  { head: 'Signed in', cell: ({ createdAt }) => (createdAt === null ? '' : <Ago at={createdAt} />) },
  { head: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === null ? '' : <Ago at={lastUsedAt} />) },
]

/** Order matters: every browser also names those that it descends from. */
const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome or Chromium'],
  ['Safari/', 'Safari'],
] as const
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const

function browserName(userAgent: string | null): string {
  if (userAgent === null || userAgent === '') return 'Unknown browser'
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark))?.[1] ?? 'Other browser'
  const system = SYSTEMS.find(([mark]) => userAgent.includes(mark))?.[1]
  return system === undefined ? browser : `${browser} on ${system}`
}
