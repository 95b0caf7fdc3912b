import { useEffect, useState } from 'react'
import type { MethodStep, MethodView } from '../../api/method.ts'
import { currentStep, useMethod } from '../../api/method.ts'
import type { TicketView } from '../../api/types.ts'

/** Which step's form is open on a ticket's page. */
export interface OpenStep {
  readonly method: MethodView | undefined
  readonly error: unknown
  /** Null: none. */
  readonly step: MethodStep | null
  /** Counts up when somebody here opened a step, so that its heading takes the focus. */
  readonly moves: number
  readonly open: (step: MethodStep | null) => void
  /** Goes on to where the work stands after something was written here. */
  readonly goOn: (method: MethodView) => void
}

/**
 * The step where the work stands is open at first. Later only what is done here moves on: what somebody else writes
 * never takes a form away that is being filled in.
 */
export function useOpenStep(ticket: TicketView): OpenStep {
  const { data: method, error } = useMethod(ticket.id)
  const [at, setAt] = useState<{ readonly step: MethodStep | null; readonly moves: number } | null>(null)
  useEffect(() => {
    if (method !== undefined && at === null)
      setAt({ step: ticket.state === 'closed' ? null : currentStep(method), moves: 0 })
  }, [method, at, ticket.state])
  const open = (step: MethodStep | null) => setAt({ step, moves: (at?.moves ?? 0) + 1 })
  return {
    method,
    error,
    step: at?.step ?? null,
    moves: at?.moves ?? 0,
    open,
    goOn: (fresh) => {
      const next = currentStep(fresh)
      if (next !== (at?.step ?? null)) open(next)
    },
  }
}
