import { useState } from 'react'
import { useOpenOffer } from '../../api/offers.ts'
import { canTake, usePeople } from '../../api/people.ts'
import { useLeads, useSession } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import styles from './assignee-part.module.css'
import { GiveDialog } from './give-dialog.tsx'
import type { TicketChanger } from './ticket-change.ts'

interface PartProps {
  readonly ticket: TicketView
  readonly changer: TicketChanger
}

/** Takes a ticket that is free, or takes over that of somebody else, with a reason. */
export function TakeButton({ ticket, changer }: PartProps) {
  const { user, role } = useSession()
  const [isAsking, setAsking] = useState(false)
  const offer = useOpenOffer(ticket.id)
  const take = { assigneeId: user.id, ...(ticket.state === 'new' ? { state: 'open' as const } : {}) }
  // Who is offered it accepts it there.
  const isOffered = offer?.state === 'offered' && offer.toUserId === user.id
  if (ticket.assigneeId === user.id || isOffered) return null
  if (!canTake({ role, supportLevel: user.supportLevel }, ticket.level))
    return ticket.assigneeId === null ? <AboveYou level={ticket.level} /> : null
  if (ticket.assigneeId === null)
    return (
      <Button small look="primary" disabled={changer.isPending} onClick={() => changer.change(take)}>
        Take it
      </Button>
    )
  return (
    <>
      <Button small disabled={changer.isPending} onClick={() => setAsking(true)}>
        Take it over …
      </Button>
      {isAsking ? (
        <WithReason
          title="Take the ticket over"
          action="Take it over"
          onReason={(assignReason) => changer.change({ ...take, assignReason })}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  )
}

/** Why a free ticket is not for whoever looks, and for whom it is. */
function AboveYou({ level }: { readonly level: number }) {
  const { user } = useSession()
  return (
    <p className={styles.soft}>
      It is at level {level}, and you take tickets up to level {user.supportLevel}. A technician of level {level}, a
      lead or an admin can take it.
    </p>
  )
}

/** Who has the ticket, and the ways to give it back or to somebody else. */
export function AssigneePart({ ticket, changer }: PartProps) {
  const { user } = useSession()
  const isLead = useLeads()
  const [asks, setAsks] = useState<'give' | 'free' | null>(null)
  const owner = usePeople().find(({ id }) => id === ticket.assigneeId)
  const isMine = ticket.assigneeId === user.id
  const mayGive = isMine || ticket.assigneeId === null || isLead
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a box for fields, and this has buttons.
    <div className={styles.part} role="group" aria-label="Assignee">
      <span className={styles.label} aria-hidden="true">
        Assignee
      </span>
      <span className={styles.name}>{ticket.assigneeId === null ? 'Nobody' : (owner?.name ?? '…')}</span>
      <div className={styles.buttons}>
        {mayGive ? (
          <Button small onClick={() => setAsks('give')}>
            Give it to …
          </Button>
        ) : null}
        {isMine ? (
          <Button small disabled={changer.isPending} onClick={() => changer.change({ assigneeId: null })}>
            Give it back
          </Button>
        ) : null}
        {isLead && !isMine && ticket.assigneeId !== null ? (
          <Button small disabled={changer.isPending} onClick={() => setAsks('free')}>
            Free it …
          </Button>
        ) : null}
      </div>
      {asks === 'give' ? <GiveDialog ticket={ticket} onClose={() => setAsks(null)} /> : null}
      {asks === 'free' ? (
        <WithReason
          title="Take the ticket from its owner"
          action="Free it"
          onReason={(assignReason) => changer.change({ assigneeId: null, assignReason })}
          onClose={() => setAsks(null)}
        />
      ) : null}
    </div>
  )
}

function WithReason({
  onReason,
  ...words
}: {
  readonly title: string
  readonly action: string
  readonly onReason: (reason: string) => void
  readonly onClose: () => void
}) {
  return (
    <ReasonDialog
      {...words}
      hint="Stands in the log. 3 to 500 characters."
      minLength={3}
      maxLength={500}
      onReason={async (reason) => onReason(reason)}
    >
      <p>Its owner is not asked. What the person allowed them ends.</p>
    </ReasonDialog>
  )
}
