import { useEffect, useRef } from 'react'
import type { MethodStep, MethodView, StepView } from '../../api/method.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import type { AskDraft } from '../ticket/ask-draft.ts'
import { ActionsStep } from './actions-step.tsx'
import { DocumentStep } from './document-step.tsx'
import { IdentifyStep } from './identify-step.tsx'
import styles from './method.module.css'
import { SkipStep } from './skip-step.tsx'
import { STEP_WORDS } from './step-words.ts'
import { TheoriesStep } from './theories-step.tsx'
import type { OpenStep } from './use-open-step.ts'
import { VerifyStep } from './verify-step.tsx'

export const METHOD_PANEL = 'method-step'

/** What the form of a step works with. */
export interface StepProps {
  readonly ticket: TicketView
  readonly method: MethodView
  readonly step: StepView
  readonly mayWork: boolean
  readonly onAsk: (draft: AskDraft) => void
  /** Something was written here. */
  readonly onWritten: (method: MethodView) => void
}

const FORMS: Readonly<Record<MethodStep, (props: StepProps) => React.ReactNode>> = {
  identify: IdentifyStep,
  theory: TheoriesStep,
  test: TheoriesStep,
  plan: ActionsStep,
  verify: VerifyStep,
  document: DocumentStep,
}

/** The open step: what stands there, and its small form. */
export function StepPanel({
  ticket,
  opened,
  onAsk,
}: {
  readonly ticket: TicketView
  readonly opened: OpenStep
  readonly onAsk: (draft: AskDraft) => void
}) {
  const mayWork = useMay('ticket.work') && ticket.state !== 'closed'
  const { method, step: open, error, moves } = opened
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (moves > 0) heading.current?.focus()
  }, [moves])
  const step = method?.steps.find((each) => each.step === open)
  if (method === undefined || step === undefined) return <Problem error={error} />
  const Form = FORMS[step.step]
  const { title, hint } = STEP_WORDS[step.step]
  return (
    <section className={styles.panel} id={METHOD_PANEL} aria-labelledby="method-title">
      <div className={styles.head}>
        <h2 id="method-title" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <Button small look="quiet" onClick={() => opened.open(null)}>
          Hide this step
        </Button>
      </div>
      <p className={styles.hint}>{hint}</p>
      <Problem error={error} />
      <Form key={step.step} {...{ ticket, method, step, mayWork, onAsk }} onWritten={opened.goOn} />
      <SkipStep {...{ ticket, step, mayWork }} onWritten={opened.goOn} />
    </section>
  )
}
