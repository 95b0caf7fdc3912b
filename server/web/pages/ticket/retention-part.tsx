import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import { useLiveQuery } from '../../api/live.ts'
import type { RetentionView } from '../../api/retention.ts'
import { retentionKey, useRetention } from '../../api/retention.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { fullTime } from '../../ui/time.tsx'
import styles from './priority-part.module.css'

/** How long the ticket's rows and files stay, and the hold that keeps them. */
export function RetentionPart({ ticket }: { readonly ticket: TicketView }) {
  const { data, error } = useRetention(ticket.id)
  useLiveQuery(`ticket/${ticket.id}`, retentionKey(ticket.id), ['ticket'])
  const mayHold = useMay('retention.hold')
  const [isAsking, setAsking] = useState(false)
  const queries = useQueryClient()
  if (data === undefined) return <Problem error={error} />
  const told = standingText(data)
  if (told === null && !mayHold) return null
  const isHeld = data.hold !== null
  const send = async (reason: string) => {
    const path = `/api/tickets/${ticket.id}/hold${isHeld ? '/release' : ''}`
    queries.setQueryData(retentionKey(ticket.id), await apiSend<RetentionView>('POST', path, { reason }))
  }
  return (
    <div className={styles.part}>
      {told === null ? null : <p className={styles.reason}>{told}</p>}
      {mayHold ? (
        <div className={styles.buttons}>
          <Button small onClick={() => setAsking(true)}>
            {isHeld ? 'End the legal hold' : 'Put on legal hold'}
          </Button>
        </div>
      ) : null}
      {isAsking ? (
        <ReasonDialog
          title={isHeld ? 'End the legal hold' : 'Put on legal hold'}
          hint="It stands in the ticket’s log for good."
          maxLength={500}
          action={isHeld ? 'End the hold' : 'Hold'}
          onReason={send}
          onClose={() => setAsking(false)}
        >
          <p>
            {isHeld
              ? 'Rows and files may be deleted again when their time is over.'
              : 'Rows and files of this ticket stay, whatever their age, until the hold is ended.'}
          </p>
        </ReasonDialog>
      ) : null}
    </div>
  )
}

function standingText({ hold, agedOutAt, erasedAt, dueAt }: RetentionView): string | null {
  if (hold !== null) return `On legal hold: “${hold.reason}” (${hold.by.name}, ${fullTime(hold.at)}).`
  if (erasedAt !== null) return `A person’s data was erased on ${fullTime(erasedAt)}.`
  if (dueAt !== null) return `Rows and files are deleted after ${fullTime(dueAt)}.`
  return agedOutAt === null ? null : `Rows and files were deleted on ${fullTime(agedOutAt)}.`
}
