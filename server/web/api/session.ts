import { useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { apiGet, rememberCsrfToken } from './client.ts'
import { ApiProblem } from './problem.ts'
import type { SessionView } from './types.ts'

export const SESSION_KEY = ['session'] as const

/** Who is signed in; `null` when nobody is. */
export function useSessionQuery() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: Number.POSITIVE_INFINITY, retry: false })
}

async function readSession(): Promise<SessionView | null> {
  try {
    const session = await apiGet<SessionView>('/api/session')
    rememberCsrfToken(session.csrfToken)
    return session
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null
    throw error
  }
}

export const SessionContext = createContext<SessionView | null>(null)

/** The session of whoever uses the pages behind the sign-in. */
export function useSession(): SessionView {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('This part stands outside of the sign-in')
  return session
}

/** Whether the signed-in person may do something; pages hide what they may not. The server checks again. */
export function useMay(permission: string): boolean {
  return useSession().permissions.includes(permission)
}

/** Whether whoever is signed in leads the desk: moves tickets of others, and bound by no level. */
export function useLeads(): boolean {
  const { role } = useSession()
  return role === 'lead' || role === 'admin'
}
