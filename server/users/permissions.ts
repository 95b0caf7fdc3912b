import type { Role } from '../store/entities.ts'

/** Everything that a caller can be allowed to do; every route names exactly one of these, or `public`. */
export const PERMISSIONS = [
  'session.own',
  'token.own',
  'user.read',
  'user.manage',
  'device.read',
  'device.manage',
  'enrolment.manage',
  'ticket.read',
  'ticket.work',
  'consent.ask',
  'run.read',
  'run.order',
  'finding.read',
  'finding.judge',
  'export.read',
  'audit.read',
  'report.read',
  'report.clear',
  'settings.read',
  'settings.manage',
  'live.read',
  'metrics.read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a route declares: a permission, or that anyone may call it. */
export type RoutePermission = Permission | 'public'

const OWN: readonly Permission[] = ['session.own', 'token.own']
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
 * What each role may do; what is not listed is refused. A lead works like a technician and also sees the audit log and what people reported. An
 * admin may do everything, because in a small shop the same person runs the desk. An auditor reads and changes nothing.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  technician: new Set(WORKING),
  lead: new Set<Permission>([...WORKING, 'audit.read', 'report.read', 'report.clear']),
  admin: new Set(PERMISSIONS),
  auditor: new Set<Permission>([...READING, 'audit.read', 'report.read', 'metrics.read']),
}

/**
 * What a token may do: what both its own role and its owner's role at this moment allow. Roles are no ladder (an auditor
 * may read what a technician may not), so the ceiling is an intersection.
 */
export function tokenPermissions(tokenRole: Role, ownerRole: Role): ReadonlySet<Permission> {
  return ROLE_PERMISSIONS[tokenRole].intersection(ROLE_PERMISSIONS[ownerRole])
}
