import type { Actor } from '@askfirst/protocol/findings-log.ts'

/** How something that was asked of somebody of the desk stands. */
interface Answer<State extends string> {
  readonly state: State
  readonly answeredBy: Actor | null
  readonly answeredAt: string | null
  readonly reason: string | null
}

/** An answer as the columns that hold it. */
export function answerColumns<State extends string>({ state, answeredBy, answeredAt, reason }: Answer<State>) {
  const answered_by = answeredBy === null ? null : JSON.stringify(answeredBy)
  return { state, answered_by, answered_at: answeredAt, reason }
}
