import { useState } from 'react'
import { usePriorityMatrix } from '../../api/settings.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { Ago } from '../../ui/time.tsx'
import { PRIORITY_NUMBERS, priorityWord } from '../../ui/words.tsx'
import styles from './priority-part.module.css'
import type { TicketChanger } from './ticket-change.ts'

interface PartProps {
  readonly ticket: TicketView
  readonly changer: TicketChanger
}

/** Why the ticket has its priority, and the way to another one. */
export function PriorityPart({ ticket, changer, mayWork }: PartProps & { readonly mayWork: boolean }) {
  const [isOverriding, setOverriding] = useState(false)
  const { override } = ticket.priorityReason
  return (
    <div className={styles.part}>
      <p className={styles.reason}>
        <Reason ticket={ticket} />
      </p>
      {mayWork ? (
        <div className={styles.buttons}>
          <Button small onClick={() => setOverriding(true)}>
            {override === null ? 'Override' : 'Change the override'}
          </Button>
          <BackToMatrix ticket={ticket} changer={changer} />
        </div>
      ) : null}
      {isOverriding ? <Override ticket={ticket} changer={changer} onClose={() => setOverriding(false)} /> : null}
    </div>
  )
}

function Reason({ ticket }: Pick<PartProps, 'ticket'>) {
  const { impact, urgency, priority, priorityReason } = ticket
  const { byMatrix, override } = priorityReason
  if (override === null) return `Impact ${impact}, urgency ${urgency}: P${priority} by the matrix.`
  const { reason, userName, at } = override
  return (
    <>
      P{priority} {byMatrix === priority ? '(the matrix says the same now)' : `instead of P${byMatrix}`}:{' '}
      <q className={styles.words}>{reason}</q> ({userName}, <Ago at={at} />
      ). It stays so until it goes back to the matrix, also when impact or urgency change.
    </>
  )
}

/** Shown where the matrix that counts now has, or may have, another answer. */
function BackToMatrix({ ticket, changer }: PartProps) {
  const matrix = usePriorityMatrix()
  const { impact, urgency, priority, priorityReason } = ticket
  const now = matrix?.[impact][urgency]
  const isOverridden = priorityReason.override !== null
  if (!isOverridden && (now === undefined || now === priority)) return null
  const told = now === undefined ? '' : ` (P${now})`
  return (
    <Button small disabled={changer.isPending} onClick={() => changer.change({ override: null })}>
      {isOverridden ? 'Back to the matrix' : 'The matrix was changed: take its priority'}
      {told}
    </Button>
  )
}

function Override({ ticket, changer, onClose }: PartProps & { readonly onClose: () => void }) {
  const { byMatrix } = ticket.priorityReason
  const others = PRIORITY_NUMBERS.filter((priority) => priority !== byMatrix)
  const [priority, setPriority] = useState(String(others.find((other) => other === ticket.priority) ?? others[0]))
  return (
    <ReasonDialog
      title="Override the priority"
      hint="Stands in the log and on this page. 3 to 500 characters."
      minLength={3}
      maxLength={500}
      action="Override"
      onReason={async (reason) => changer.change({ override: { priority: Number(priority), reason } })}
      onClose={onClose}
    >
      <p>
        By the matrix it is {priorityWord(byMatrix)} (impact {ticket.impact}, urgency {ticket.urgency}).
      </p>
      <SelectField label="Priority" value={priority} onChange={({ target }) => setPriority(target.value)}>
        {others.map((other) => (
          <option key={other} value={other}>
            {priorityWord(other)}
          </option>
        ))}
      </SelectField>
    </ReasonDialog>
  )
}
