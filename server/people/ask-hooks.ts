import { recordAnswer } from '../method/action-approval.ts'
import { appointmentHook } from '../schedule/appointment-hook.ts'
import type { AskHook, AskHookDeps } from './ask-hook.ts'

/** Every hook; a new one is one line. Kinds without one are only kept and shown. */
export function createAskHooks(deps: AskHookDeps): readonly AskHook[] {
  return [appointmentHook(deps), { kind: 'approve-action', onAnswered: (ask) => recordAnswer(deps, ask) }]
}
