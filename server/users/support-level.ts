import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { User } from '../store/entities.ts'

/** Whose level it is. The role is that of the request where somebody acts for themselves. */
export type Leveled = Pick<User, 'role' | 'supportLevel'>

/** Up to which level somebody takes tickets; null: any, as leads and admins do whatever stands in their account. */
export function boundLevel({ role, supportLevel }: Leveled): number | null {
  return role === 'technician' ? supportLevel : null
}

/** Whether somebody may have tickets of a level (SPEC T65). */
export function reaches(person: Leveled, level: number): boolean {
  return (boundLevel(person) ?? level) >= level
}

/** Who may have tickets of a level, in words. */
function whoReaches(level: number): string {
  const higher = level < 3 ? ` or higher` : ''
  return `a technician of level ${level}${higher} or of no set level, a lead or an admin`
}

/** @throws AskFirstError NOT_ALLOWED, with both levels and who can take it */
export function mustReach(person: Leveled, level: number): void {
  if (reaches(person, level)) return
  const text = `The ticket is at level ${level} and you take tickets up to level ${person.supportLevel}. It can be taken by ${whoReaches(level)}.`
  throw new AskFirstError('NOT_ALLOWED', text)
}

/** As `mustReach`, of somebody who is named in a field. @throws AskFirstError INVALID_REQUEST */
export function mustReachFor(person: Leveled & Pick<User, 'name'>, level: number, field: string): void {
  if (reaches(person, level)) return
  const text = `The ticket is at level ${level} and ${person.name} takes tickets up to level ${person.supportLevel}. It can go to ${whoReaches(level)}.`
  throw new AskFirstError('INVALID_REQUEST', text, { details: { field } })
}
