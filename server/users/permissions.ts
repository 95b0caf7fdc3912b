import type { Role } from '../store/entities.ts'
import type { FactorKind } from '../store/factor-entities.ts'

/** Everything that a caller can be allowed to do; every route names exactly one of these, or `public`. */
export const PERMISSIONS = [
  'session.own',
  'factor.own',
  'account.own',
  'token.own',
  'user.read',
  'user.manage',
  'device.read',
  'device.manage',
  'enrolment.manage',
  'ticket.read',
  'ticket.work',
  'lead.read',
  'consent.ask',
  'run.read',
  'run.order',
  'finding.read',
  'finding.judge',
  'action.approve',
  'export.read',
  'audit.read',
  'report.read',
  'report.clear',
  'figures.read',
  'retention.hold',
  'people.read',
  'people.manage',
  'settings.read',
  'settings.manage',
  'live.read',
  'metrics.read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a route declares: a permission, or that anyone may call it. */
export type RoutePermission = Permission | 'public'

const OWN: readonly Permission[] = ['session.own', 'factor.own', 'account.own', 'token.own']
const READING: readonly Permission[] = [
  ...OWN,
  'user.read',
  'device.read',
  'ticket.read',
  'run.read',
  'finding.read',
  'export.read',
  'settings.read',
  'live.read',
]
const WORKING: readonly Permission[] = [...READING, 'ticket.work', 'consent.ask', 'run.order', 'finding.judge']

/**
 * What each role may do; what is not listed is refused. A lead works like a technician, approves major actions, and also sees the whole desk's load, the audit log, the figures and what people reported. An
 * admin may do everything, because in a small shop the same person runs the desk. An auditor reads and changes nothing.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  technician: new Set(WORKING),
  lead: new Set<Permission>([
    ...WORKING,
    'action.approve',
    'lead.read',
    'audit.read',
    'report.read',
    'report.clear',
    'figures.read',
    'retention.hold',
  ]),
  admin: new Set(PERMISSIONS),
  auditor: new Set<Permission>([
    ...READING,
    'audit.read',
    'report.read',
    'figures.read',
    'people.read',
    'metrics.read',
  ]),
}

/** Who must have a second factor. */
export const FACTOR_RULES = ['nobody', 'admins', 'all'] as const
export type FactorRule = (typeof FACTOR_RULES)[number]

/** Enough to set up the second factor that the organisation asks for, and to sign out. */
const SETTING_UP: ReadonlySet<Permission> = new Set<Permission>(['session.own', 'factor.own'])

/** Whether the rule asks this role for a second factor. */
export function needsFactor(role: Role, rule: FactorRule): boolean {
  return rule === 'all' || (rule === 'admins' && role === 'admin')
}

/** What a browser session may do: all of its role, or setting up the second factor that is asked for and was not shown. */
export function sessionPermissions(
  role: Role,
  factor: FactorKind | undefined,
  rule: FactorRule,
): ReadonlySet<Permission> {
  return factor === undefined && needsFactor(role, rule) ? SETTING_UP : ROLE_PERMISSIONS[role]
}

/**
 * What a token may do: what both its own role and its owner's role at this moment allow. Roles are no ladder (an auditor
 * may read what a technician may not), so the ceiling is an intersection.
 */
export function tokenPermissions(tokenRole: Role, ownerRole: Role): ReadonlySet<Permission> {
  return ROLE_PERMISSIONS[tokenRole].intersection(ROLE_PERMISSIONS[ownerRole])
}
