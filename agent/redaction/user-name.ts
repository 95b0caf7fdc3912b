import type { PersonalContext } from './personal-kind.ts'
import { isPseudonym } from './pseudonyms.ts'

/** Accounts that every system has; they name nobody. */
const WELL_KNOWN = new Set([
  'root',
  'system',
  'local system',
  'localsystem',
  'localservice',
  'local service',
  'networkservice',
  'network service',
  'nobody',
  'nogroup',
  'daemon',
  'everyone',
  'administrators',
  'users',
  'guests',
  'trustedinstaller',
  'anonymous logon',
  'authenticated users',
  'interactive',
  'service',
  'iusr',
  'wheel',
  'admin',
  'administrator',
  'guest',
  'defaultaccount',
  'wdagutilityaccount',
  '-',
  'n/a',
  'unknown',
  '(unknown)',
  'dynamic user',
])
const SYSTEM_DOMAINS = new Set([
  'nt authority',
  'nt-autorität',
  'autorite nt',
  'nt service',
  'builtin',
  'window manager',
  'font driver host',
  'iis apppool',
])

/** A field that holds one account name, also as `DOMAIN\name`, `name@domain` or a SID. */
export function pseudoUserField(value: string, context: PersonalContext): string {
  if (value === '' || isPseudonym(value) || isSystemAccount(value, context)) return value
  if (/^S-1-[\dg-z-]+$/i.test(value)) return replaceSids(value, context)
  const domain = /^([^\\/]{1,255})\\(.+)$/.exec(value)
  if (domain === null) return pseudoUser(value, context)
  const [, name = '', user = ''] = domain
  if (SYSTEM_DOMAINS.has(name.toLowerCase())) return value
  return `${pseudoHostLabel(name, context)}\\${isSystemAccount(user, context) ? user : pseudoUser(user, context)}`
}

/** The pseudonym of a person's account name. */
export function pseudoUser(name: string, context: PersonalContext): string {
  if (isPseudonym(name)) return name
  context.count('userName')
  return `user-${context.pseudonyms.letters('user', name.toLowerCase(), 8)}`
}

/** The pseudonym of a machine's or domain's name. */
export function pseudoHostLabel(name: string, context: PersonalContext): string {
  if (isPseudonym(name)) return name
  context.count('hostName')
  return `host-${context.pseudonyms.letters('host', name.toLowerCase(), 8)}`
}

/** Accounts of the system, and numbers, which stand for themselves. */
function isSystemAccount(name: string, { seeds }: PersonalContext): boolean {
  const lower = name.toLowerCase()
  if (WELL_KNOWN.has(lower) || /^\d{1,10}$/.test(name) || lower.startsWith('systemd-') || lower.startsWith('_'))
    return true
  return seeds.systemAccounts.includes(name) || /^(?:dwm|umfd)-\d{1,3}$/.test(lower)
}

const SID = /\bS-1-5-21-(\d{1,10}-\d{1,10}-\d{1,10})(?:-(\d{1,10}))?\b/gi
const FIRST_PERSON_RID = 1_000

/** Replaces the security ids of accounts and domains; those of built-in accounts keep their last number. */
export function replaceSids(text: string, context: PersonalContext): string {
  if (!text.includes('S-1-5-21-')) return text
  return text.replace(SID, (_sid: string, authority: string, rid: string | undefined) => {
    context.count('userName')
    const domain = context.pseudonyms.letters('sid', authority, 8)
    if (rid === undefined) return `S-1-5-21-${domain}`
    const known = Number(rid) < FIRST_PERSON_RID
    return `S-1-5-21-${domain}-${known ? rid : context.pseudonyms.letters('rid', `${authority}-${rid}`, 8)}`
  })
}

const HOME =
  /((?:\/home\/|\/Users\/|[A-Za-z]:\\(?:\\)?(?:Users|Documents and Settings)\\(?:\\)?))([^/\\\s"':;,|<>*?]{1,64})/g
const SHARED_HOMES = new Set(['shared', 'public', 'default', 'all', 'lost+found', 'linuxbrew'])

/** Replaces the owner in the paths of home directories, whether or not the account is known here. */
export function replaceHomes(text: string, context: PersonalContext): string {
  return text.replace(HOME, (match: string, root: string, owner: string) => {
    if (SHARED_HOMES.has(owner.toLowerCase()) || isPseudonym(owner)) return match
    return root + pseudoUser(owner, context)
  })
}
