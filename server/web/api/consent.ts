import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'

export interface AskedCollector {
  readonly id: string
  readonly params: Readonly<Record<string, unknown>>
}

export type RequestState = 'asked' | 'received' | 'shown' | 'given' | 'refused' | 'no-answer' | 'withdrawn' | 'rejected'

/** What the person allowed. */
export interface GrantView {
  readonly grantId: string
  readonly technicianId: string
  readonly deviceId: string
  readonly collectors: readonly AskedCollector[]
  readonly validFrom: string
  readonly expiresAt: string
  readonly review: boolean
  readonly personalData: 'keep' | 'pseudonymise'
}

export interface RequestView {
  readonly id: string
  readonly ticketId: string
  readonly deviceId: string
  readonly technicianId: string
  readonly technicianName: string
  readonly purpose: string
  readonly collectors: readonly AskedCollector[]
  readonly durationMs: number
  /** The times of the appointment for which alone it was asked; null: from the answer on. */
  readonly window: { readonly appointmentId: string; readonly from: string; readonly until: string } | null
  readonly personalData: 'keep' | 'pseudonymise'
  readonly matchCode: string
  readonly state: RequestState
  readonly stateReason: string | null
  readonly askedAt: string
  readonly answerBy: string
  readonly grant: GrantView | null
  readonly grantEndedAt: string | null
  readonly grantEndReason: 'revoked' | 'withdrawn' | 'ticket-closed' | null
}

export const requestsKey = (ticketId: string) => ['requests', ticketId] as const

export function useRequests(ticketId: string) {
  return useQuery({
    queryKey: requestsKey(ticketId),
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly RequestView[] }>(`/api/tickets/${ticketId}/consent-requests`, {}, signal),
    select: ({ items }) => items,
  })
}

const WAITING: readonly RequestState[] = ['asked', 'received', 'shown']

/** Whether a request still waits for the person at `now`. */
export function isWaiting({ state, answerBy }: Pick<RequestView, 'state' | 'answerBy'>, now: number): boolean {
  return WAITING.includes(state) && Date.parse(answerBy) > now
}

type Granted = Pick<RequestView, 'grant' | 'grantEndedAt' | 'window'>

/** Whether what was allowed can be used at `now`. */
export function isAllowed(request: Granted, now: number): boolean {
  return isGranted(request, now) && !hasYetToBegin(request, now)
}

/** Whether something was allowed for an appointment that has not begun at `now`. */
export function isAllowedAhead(request: Granted, now: number): boolean {
  return isGranted(request, now) && hasYetToBegin(request, now)
}

function isGranted({ grant, grantEndedAt }: Granted, now: number): boolean {
  return grant !== null && grantEndedAt === null && Date.parse(grant.expiresAt) > now
}

/** Without a window the device's clock alone says when a grant begins, which is at once. */
function hasYetToBegin({ grant, window }: Granted, now: number): boolean {
  return window !== null && grant !== null && Date.parse(grant.validFrom) > now
}
