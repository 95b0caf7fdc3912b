import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { Page, Role } from './types.ts'

export interface PersonView {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
  /** Up to which level a technician takes tickets; null: any. */
  readonly supportLevel: number | null
}

const WORKING: readonly Role[] = ['technician', 'lead', 'admin']

/** All accounts by name; tickets, findings and logs name people by id. */
export function usePeople(): readonly PersonView[] {
  const { data } = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => apiGet<Page<PersonView>>('/api/users', { limit: 500 }, signal),
    staleTime: 60_000,
  })
  return data?.items ?? []
}

/** Those who can take tickets. */
export function canWork(person: PersonView): boolean {
  return !person.disabled && WORKING.includes(person.role)
}

/** Whether somebody takes tickets of a level; leads and admins take any. */
export function canTake({ role, supportLevel }: Pick<PersonView, 'role' | 'supportLevel'>, level: number): boolean {
  return role !== 'technician' || supportLevel === null || supportLevel >= level
}

/** Those who take tickets of a level, first whose level it is, then those above it, then who takes any. */
export function takersOf(people: readonly PersonView[], level: number): readonly PersonView[] {
  const rank = ({ role, supportLevel }: PersonView) => (role === 'technician' ? (supportLevel ?? ANY) : ANY)
  const takers = people.filter((person) => canWork(person) && canTake(person, level))
  return takers.toSorted((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name))
}

/** Beyond every level. */
const ANY = 4

/** Somebody as a choice, with what tells why they fit. */
export function personText({ name, role, supportLevel }: PersonView): string {
  if (role !== 'technician') return `${name} (${role})`
  return supportLevel === null ? name : `${name} (level ${supportLevel})`
}
