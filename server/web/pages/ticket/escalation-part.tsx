import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { EscalationView } from '../../api/clock.ts'
import { escalationsKey, useEscalations } from '../../api/clock.ts'
import { canTake, usePeople } from '../../api/people.ts'
import { useLeads, useSession } from '../../api/session.ts'
import { ticketKey } from '../../api/tickets.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { CRITERION_WORDS } from '../../ui/clock-words.ts'
import { Notice, Problem } from '../../ui/notice.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { Ago } from '../../ui/time.tsx'
import { EscalateDialog } from './escalate-dialog.tsx'
import styles from './escalation-part.module.css'

interface PartProps {
  readonly ticket: TicketView
  readonly mayWork: boolean
}

/** The way to hand a ticket over; while somebody is asked, what they are asked and their answer. */
export function EscalationPart({ ticket, mayWork }: PartProps) {
  const { data, error } = useEscalations(ticket.id)
  const [isAsking, setAsking] = useState(false)
  const isOver = ticket.state === 'resolved' || ticket.state === 'closed'
  const asked = isOver ? undefined : data?.find(({ state }) => state === 'asked')
  return (
    <>
      <Problem error={error} />
      {asked === undefined ? null : <Asked ticket={ticket} asked={asked} mayWork={mayWork} />}
      {mayWork && !isOver && data !== undefined && asked === undefined ? (
        <div>
          <Button small onClick={() => setAsking(true)}>
            Escalate
          </Button>
        </div>
      ) : null}
      {isAsking ? <EscalateDialog ticket={ticket} onClose={() => setAsking(false)} /> : null}
    </>
  )
}

function Asked({ ticket, asked, mayWork }: PartProps & { readonly asked: EscalationView }) {
  const people = usePeople()
  const name = (id: string | null) => people.find((person) => person.id === id)?.name
  const owner = name(ticket.assigneeId)
  return (
    <Notice tone="info">
      <p className={styles.asked}>
        <strong>
          {asked.askedBy.name} asked {name(asked.toUserId) ?? `level ${asked.toLevel}`} to take this ticket over
        </strong>{' '}
        (<Ago at={asked.askedAt} />
        ): {CRITERION_WORDS[asked.criterion] ?? asked.criterion}.{' '}
        {owner === undefined ? 'Nobody has it until then.' : `${owner} has it until then.`}
      </p>
      <details>
        <summary>Hand-over</summary>
        <p className={styles.summary}>{asked.summary}</p>
      </details>
      {mayWork ? <Answer ticket={ticket} asked={asked} /> : null}
    </Notice>
  )
}

function Answer({ ticket, asked }: { readonly ticket: TicketView; readonly asked: EscalationView }) {
  const { user, role } = useSession()
  const [isDeclining, setDeclining] = useState(false)
  const queries = useQueryClient()
  const path = `/api/tickets/${ticket.id}/escalations/${asked.id}`
  const again = () =>
    Promise.all(
      [ticketKey(ticket.id), escalationsKey(ticket.id)].map((queryKey) => queries.invalidateQueries({ queryKey })),
    )
  const accept = useMutation({ mutationFn: () => apiSend('POST', `${path}/accept`, {}), onSettled: again })
  const decline = async (reason: string) => {
    await apiSend('POST', `${path}/decline`, { reason })
    await again()
  }
  const isLead = useLeads()
  const isAsked = asked.toUserId === user.id
  const reaches = canTake({ role, supportLevel: user.supportLevel }, ticket.level)
  const mayAccept = asked.fromUserId !== user.id && reaches && (isLead || isAsked || asked.toUserId === null)
  const isOwnWish = asked.askedBy.id === user.id
  return (
    <>
      <Problem error={accept.error} />
      {mayAccept ? (
        <p className={styles.soft}>
          If you take it over, permissions that the person gave before end: ask again, in your own name.
        </p>
      ) : null}
      <div className={styles.buttons}>
        {mayAccept ? (
          <Button small look="primary" disabled={accept.isPending} onClick={() => accept.mutate()}>
            Accept and take over
          </Button>
        ) : null}
        {isLead || isAsked || isOwnWish ? (
          <Button small onClick={() => setDeclining(true)}>
            {isOwnWish ? 'Take the question back' : 'Decline'}
          </Button>
        ) : null}
      </div>
      {isDeclining ? (
        <ReasonDialog
          title={isOwnWish ? 'Take the question back' : 'Decline to take it over'}
          hint="Stands in the log. 3 to 500 characters."
          minLength={3}
          maxLength={500}
          action={isOwnWish ? 'Take it back' : 'Decline'}
          onReason={(reason) => decline(reason)}
          onClose={() => setDeclining(false)}
        >
          <p>The ticket stays with its owner and goes back to level {asked.fromLevel}.</p>
        </ReasonDialog>
      ) : null}
    </>
  )
}
