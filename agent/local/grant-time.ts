import type { GrantSummary } from './commands.ts'

/** Whether a grant was given ahead and has not begun, by the wall clock; the agent itself is stricter (SPEC C25). */
export function isAhead({ grant }: Pick<GrantSummary, 'grant'>): boolean {
  return Date.parse(grant.validFrom) > Date.now()
}
