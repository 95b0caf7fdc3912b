import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { Page, Role } from './types.ts'

export interface PersonView {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
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
