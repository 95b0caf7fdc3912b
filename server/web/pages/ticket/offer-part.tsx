import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { OfferView } from '../../api/offers.ts'
import { offersKey, useOpenOffer } from '../../api/offers.ts'
import { usePeople } from '../../api/people.ts'
import { useLeads, useSession } from '../../api/session.ts'
import { ticketKey } from '../../api/tickets.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from './escalation-part.module.css'

interface PartProps {
  readonly ticket: TicketView
  readonly mayWork: boolean
}

/** To whom the ticket is offered, and their answer; to who was assigned it, by whom and why, until they have seen it. */
export function OfferPart({ ticket, mayWork }: PartProps) {
  const offer = useOpenOffer(ticket.id)
  const { user } = useSession()
  if (offer === null) return null
  if (offer.state === 'offered') return <Offered ticket={ticket} offer={offer} mayWork={mayWork} />
  return offer.toUserId === user.id ? <Assigned offer={offer} /> : null
}

function Offered({ ticket, offer, mayWork }: PartProps & { readonly offer: OfferView }) {
  const { user } = useSession()
  const people = usePeople()
  const name = (id: string | null) => people.find((person) => person.id === id)?.name
  const owner = name(ticket.assigneeId)
  return (
    <Notice tone="info">
      <p className={styles.asked}>
        <strong>
          {offer.givenBy.name} offers this ticket to{' '}
          {offer.toUserId === user.id ? 'you' : (name(offer.toUserId) ?? '…')}
        </strong>{' '}
        (<Ago at={offer.givenAt} />
        ). {owner === undefined ? 'Nobody has it until then.' : `${owner} has it until then.`}
      </p>
      {offer.note.trim() === '' ? null : <p className={styles.summary}>{offer.note}</p>}
      {mayWork ? <Answer offer={offer} /> : null}
    </Notice>
  )
}

function Answer({ offer }: { readonly offer: OfferView }) {
  const { user } = useSession()
  const isLead = useLeads()
  const [isDeclining, setDeclining] = useState(false)
  const { path, again } = useOfferPath(offer)
  const send = useMutation({ mutationFn: (work: () => Promise<unknown>) => work(), onSettled: again })
  const decline = async (reason: string) => {
    await apiSend('POST', `${path}/decline`, { reason })
    await again()
  }
  const isMine = offer.toUserId === user.id
  const mayWithdraw = offer.givenBy.id === user.id || isLead
  return (
    <>
      <Problem error={send.error} />
      {isMine ? (
        <p className={styles.soft}>
          If you accept, permissions that the person gave before end: ask again, in your own name.
        </p>
      ) : null}
      <div className={styles.buttons}>
        {isMine ? (
          <Button
            small
            look="primary"
            disabled={send.isPending}
            onClick={() => send.mutate(() => apiSend('POST', `${path}/accept`, {}))}
          >
            Accept the ticket
          </Button>
        ) : null}
        {isMine ? (
          <Button small onClick={() => setDeclining(true)}>
            Decline
          </Button>
        ) : null}
        {mayWithdraw ? (
          <Button small disabled={send.isPending} onClick={() => send.mutate(() => apiSend('DELETE', path))}>
            Take the offer back
          </Button>
        ) : null}
      </div>
      {isDeclining ? (
        <ReasonDialog
          title="Decline the ticket"
          hint="Stands in the log, for who offered it. 3 to 500 characters."
          minLength={3}
          maxLength={500}
          action="Decline"
          onReason={decline}
          onClose={() => setDeclining(false)}
        >
          <p>The ticket stays where it is.</p>
        </ReasonDialog>
      ) : null}
    </>
  )
}

function Assigned({ offer }: { readonly offer: OfferView }) {
  const { path, again } = useOfferPath(offer)
  const seen = useMutation({ mutationFn: () => apiSend('POST', `${path}/seen`, {}), onSettled: again })
  return (
    <Notice tone="info">
      <p className={styles.asked}>
        <strong>{offer.givenBy.name} assigned this ticket to you</strong> (<Ago at={offer.givenAt} />
        ): {offer.note}
      </p>
      <Problem error={seen.error} />
      <div className={styles.buttons}>
        <Button small look="primary" disabled={seen.isPending} onClick={() => seen.mutate()}>
          I have seen it
        </Button>
      </div>
    </Notice>
  )
}

function useOfferPath({ id, ticketId }: OfferView) {
  const queries = useQueryClient()
  const keys = [ticketKey(ticketId), offersKey(ticketId), ['asked']] as const
  const again = () => Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })))
  return { path: `/api/tickets/${ticketId}/offers/${id}`, again }
}
