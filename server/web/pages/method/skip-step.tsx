import { useState } from 'react'
import { useMethodWrite } from '../../api/method.ts'
import { Button } from '../../ui/button.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import styles from './method.module.css'
import type { StepProps } from './step-panel.tsx'
import { STEP_WORDS } from './step-words.ts'

/** Why a step was left out, and the way to leave an empty one out. */
export function SkipStep({
  ticket,
  step,
  mayWork,
  onWritten,
}: Pick<StepProps, 'ticket' | 'step' | 'mayWork' | 'onWritten'>) {
  const [isAsking, setAsking] = useState(false)
  const write = useMethodWrite(ticket.id, onWritten)
  if (step.state === 'skipped') return <p className={styles.soft}>Left out: {step.skipReason}</p>
  if (!mayWork || step.state !== 'empty') return null
  return (
    <div>
      <Button small look="quiet" onClick={() => setAsking(true)}>
        Leave this step out
      </Button>
      {isAsking ? (
        <ReasonDialog
          title="Leave this step out"
          hint="It stands in the log and in the report."
          minLength={3}
          maxLength={500}
          action="Leave it out"
          onReason={(skipReason) =>
            write.mutateAsync({
              method: 'PUT',
              path: `steps/${step.step}`,
              body: { version: step.version, skipReason },
            })
          }
          onClose={() => setAsking(false)}
        >
          <p>Why does this ticket not need “{STEP_WORDS[step.step].title}”?</p>
        </ReasonDialog>
      ) : null}
    </div>
  )
}
