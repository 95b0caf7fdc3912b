import type { ReactNode } from 'react'
import { useState } from 'react'
import { useClose } from '../../api/closing.ts'
import { usePeople } from '../../api/people.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { GradeField } from '../../ui/grade-field.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { IMPACT_WORDS, PriorityBadge, StateBadge, URGENCY_WORDS } from '../../ui/words.tsx'
import { Spine } from '../method/spine.tsx'
import type { OpenStep } from '../method/use-open-step.ts'
import { AssigneePart, TakeButton } from './assignee-part.tsx'
import { ClockPart } from './clock-part.tsx'
import { CloseTicket } from './close-ticket.tsx'
import { EditTicket } from './edit-ticket.tsx'
import { EscalationPart } from './escalation-part.tsx'
import { FlowFacts } from './flow-facts.tsx'
import { closedText, moverText } from './flow-words.ts'
import { MailPart } from './mail-part.tsx'
import { OfferPart } from './offer-part.tsx'
import { PriorityPart } from './priority-part.tsx'
import { Related } from './related.tsx'
import { ReopenTicket } from './reopen-ticket.tsx'
import { RetentionPart } from './retention-part.tsx'
import type { TicketChanger } from './ticket-change.ts'
import { MOVES, useTicketChange } from './ticket-change.ts'
import styles from './ticket-facts.module.css'
import { WaitDialog } from './wait-dialog.tsx'

/** Left: where the ticket stands, and what a technician changes about it. */
export function TicketFacts({ ticket, opened }: { readonly ticket: TicketView; readonly opened: OpenStep }) {
  const changer = useTicketChange(ticket)
  const mayReopen = useMay('ticket.work') && ticket.state === 'closed' && ticket.closedAs !== 'merged'
  const mayWork = useMay('ticket.work') && ticket.state !== 'closed'
  const [isReopening, setReopening] = useState(false)
  const [isEditing, setEditing] = useState(false)
  return (
    <section className={styles.facts} aria-label="Facts and steps">
      <Conflict changer={changer} />
      <Problem error={changer.error} />
      <Steps ticket={ticket} changer={changer} mayWork={mayWork} />
      <OfferPart ticket={ticket} mayWork={mayWork} />
      <EscalationPart ticket={ticket} mayWork={mayWork} />
      <ClockPart ticket={ticket} />
      <Spine opened={opened} />
      <PriorityPart ticket={ticket} changer={changer} mayWork={mayWork} />
      {mayWork ? <Choices ticket={ticket} changer={changer} /> : <ReadOnlyChoices ticket={ticket} />}
      <dl className={styles.list}>
        <Fact name="Requester">
          {ticket.requesterName}
          {ticket.requesterEmail === null ? null : <div className={styles.soft}>{ticket.requesterEmail}</div>}
        </Fact>
        <Fact name="Opened">
          <Ago at={ticket.createdAt} /> {ticket.openedBy === 'desk' ? 'by the desk' : 'by the requester'}
        </Fact>
        <Fact name="Changed">
          <Ago at={ticket.updatedAt} />
        </Fact>
        <FlowFacts ticket={ticket} />
        <Fact name="Description">
          <p className={styles.description}>{ticket.description === '' ? 'None.' : ticket.description}</p>
        </Fact>
      </dl>
      <MailPart ticket={ticket} />
      <RetentionPart ticket={ticket} />
      {mayWork ? (
        <div>
          <Button small onClick={() => setEditing(true)}>
            Edit title, text, devices, people
          </Button>
        </div>
      ) : null}
      <Related ticket={ticket} />
      {mayReopen ? (
        <div>
          <Button small onClick={() => setReopening(true)}>
            Open it again
          </Button>
        </div>
      ) : null}
      {isReopening ? <ReopenTicket ticket={ticket} onClose={() => setReopening(false)} /> : null}
      {isEditing ? <EditTicket ticket={ticket} changer={changer} onClose={() => setEditing(false)} /> : null}
    </section>
  )
}

function Conflict({ changer }: { readonly changer: TicketChanger }) {
  const { conflict, change, dismiss } = changer
  if (conflict === null) return null
  return (
    <Notice tone="warn">
      <p>Somebody changed this ticket while you did. It was read anew; your change is not made yet.</p>
      <div className={styles.buttons}>
        <Button small onClick={() => change(conflict)}>
          Make it all the same
        </Button>
        <Button small look="quiet" onClick={dismiss}>
          Leave it as it is now
        </Button>
      </div>
    </Notice>
  )
}

interface PartProps {
  readonly ticket: TicketView
  readonly changer: TicketChanger
}

function Steps({ ticket, changer, mayWork }: PartProps & { readonly mayWork: boolean }) {
  const [asks, setAsks] = useState<'wait' | 'close' | null>(null)
  const closing = useClose(ticket)
  return (
    <div className={styles.steps}>
      <div className={styles.badges}>
        <StateBadge state={ticket.state} />
        <PriorityBadge priority={ticket.priority} />
        {ticket.confirmed === true ? <Badge tone="good">Fixed, says the person</Badge> : null}
        {ticket.confirmed === false ? <Badge tone="bad">Not fixed, says the person</Badge> : null}
      </div>
      <p className={styles.mover}>{ticket.state === 'closed' ? closedText(ticket) : moverText(ticket.mover)}</p>
      {mayWork ? (
        <div className={styles.buttons}>
          <TakeButton ticket={ticket} changer={changer} />
          {ticket.state === 'resolved' && ticket.confirmed === true ? (
            <Button
              small
              look="primary"
              disabled={closing.isPending}
              // What stands in the way is told by the dialog, which has the ways out.
              onClick={() => closing.mutate({ as: 'resolved' }, { onError: () => setAsks('close') })}
            >
              Close as solved
            </Button>
          ) : null}
          {MOVES[ticket.state].map((move) => (
            <Button
              key={move.does}
              small
              disabled={changer.isPending}
              onClick={() => ('asks' in move ? setAsks(move.asks) : changer.change({ state: move.to }))}
            >
              {move.does}
            </Button>
          ))}
        </div>
      ) : null}
      {asks === 'wait' ? <WaitDialog ticket={ticket} changer={changer} onClose={() => setAsks(null)} /> : null}
      {asks === 'close' ? <CloseTicket ticket={ticket} onClose={() => setAsks(null)} /> : null}
    </div>
  )
}

function Choices({ ticket, changer }: PartProps) {
  const { change } = changer
  return (
    <div className={styles.choices}>
      <GradeField label="Impact" grade={ticket.impact} words={IMPACT_WORDS} onChange={(impact) => change({ impact })} />
      <GradeField
        label="Urgency"
        grade={ticket.urgency}
        words={URGENCY_WORDS}
        onChange={(urgency) => change({ urgency })}
      />
      <SelectField
        label="Level"
        value={String(ticket.level)}
        onChange={({ target }) => change({ level: Number(target.value) })}
      >
        <option value="1">Level 1</option>
        <option value="2">Level 2</option>
        <option value="3">Level 3</option>
      </SelectField>
      <AssigneePart ticket={ticket} changer={changer} />
    </div>
  )
}

function ReadOnlyChoices({ ticket }: { readonly ticket: TicketView }) {
  const assignee = usePeople().find(({ id }) => id === ticket.assigneeId)
  return (
    <dl className={styles.list}>
      <Fact name="Impact">{IMPACT_WORDS[ticket.impact]}</Fact>
      <Fact name="Urgency">{URGENCY_WORDS[ticket.urgency]}</Fact>
      <Fact name="Level">{ticket.level}</Fact>
      <Fact name="Assignee">{assignee?.name ?? 'Nobody'}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className={styles.name}>{name}</dt>
      <dd className={styles.value}>{children}</dd>
    </div>
  )
}
