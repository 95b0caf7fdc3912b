import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CalendarPlus, Download } from 'lucide-react'
import { useState } from 'react'
import type { AppointmentView, AskView } from '../../api/asks.ts'
import { asksKey, useAsked } from '../../api/asks.ts'
import { apiSend } from '../../api/client.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import type { Tone } from '../../ui/badge.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { askLines, askQuote, askText, choiceText } from './ask-words.ts'
import styles from './asked-person.module.css'
import { ProposeDialog } from './propose-dialog.tsx'

const WORDS: Readonly<Record<AskView['state'], string>> = {
  open: 'Waits for the person',
  answered: 'Answered',
  withdrawn: 'Taken back',
  expired: 'No answer in time',
}

/** What the desk asked the person of a ticket, what they answered, and what was agreed. */
export function AskedPerson({ ticket }: { readonly ticket: TicketView }) {
  const { data, error } = useAsked(ticket.id)
  const [isProposing, setProposing] = useState(false)
  const mayWork = useMay('ticket.work') && ticket.state !== 'closed'
  const { asks = [], appointments = [] } = data ?? {}
  if (asks.length === 0 && !mayWork) return null
  return (
    <section className={styles.part} aria-labelledby="asked-person">
      <div className={styles.head}>
        <h2 id="asked-person">Asked the person</h2>
        {mayWork ? (
          <Button small onClick={() => setProposing(true)}>
            <CalendarPlus aria-hidden="true" size={16} />
            Propose times
          </Button>
        ) : null}
      </div>
      <Problem error={error} />
      {asks.length === 0 ? <p className={styles.soft}>Nothing was asked yet.</p> : null}
      <ul className={styles.list}>
        {asks.toReversed().map((asked) => (
          <Asked
            key={asked.id}
            ticket={ticket}
            asked={asked}
            appointment={appointments.find(({ askId }) => askId === asked.id)}
            mayWork={mayWork}
          />
        ))}
      </ul>
      {isProposing ? <ProposeDialog ticket={ticket} onClose={() => setProposing(false)} /> : null}
    </section>
  )
}

interface AskedProps {
  readonly ticket: TicketView
  readonly asked: AskView
  readonly appointment: AppointmentView | undefined
  readonly mayWork: boolean
}

function Asked({ ticket, asked, appointment, mayWork }: AskedProps) {
  const { ask, state, answer } = asked
  const quote = askQuote(ask)
  return (
    <li className={styles.item}>
      <p>
        <Badge tone={toneOf(asked)}>{WORDS[state]}</Badge> {ask.by.name} {askText(ask)}
        {quote === null ? '' : `: ${quote}`}
      </p>
      {answer === null ? null : (
        <p>
          <strong>{choiceText(answer.choice, ask)}</strong>
          {answer.text === null ? '' : ` · “${answer.text}”`}{' '}
          <span className={styles.soft}>({whoAnswered(answer)})</span>
        </p>
      )}
      {state === 'open' ? askLines(ask).map((line) => <Soft key={line} text={line} />) : null}
      {appointment?.state === 'cancelled' ? <Soft text="The appointment was cancelled." /> : null}
      <p className={styles.soft}>
        Asked <Ago at={ask.at} />
      </p>
      <div className={styles.actions}>
        {appointment === undefined ? null : (
          <a
            className={buttonClass({ small: true })}
            href={`/api/tickets/${ticket.id}/appointments/${appointment.id}.ics`}
            download
          >
            <Download aria-hidden="true" size={16} />
            Calendar file
          </a>
        )}
        {mayWork ? <Undo ticket={ticket} asked={asked} appointment={appointment} /> : null}
      </div>
    </li>
  )
}

function Soft({ text }: { readonly text: string }) {
  return <p className={styles.soft}>{text}</p>
}

/** Takes an open question back, or cancels what was agreed. */
function Undo({ ticket, asked, appointment }: Omit<AskedProps, 'mayWork'>) {
  const queries = useQueryClient()
  const path = `/api/tickets/${ticket.id}`
  const isAgreed = appointment?.state === 'agreed'
  const undo = useMutation({
    mutationFn: () =>
      apiSend('DELETE', isAgreed ? `${path}/appointments/${appointment.id}` : `${path}/asks/${asked.id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: asksKey(ticket.id) }),
  })
  if (!isAgreed && asked.state !== 'open') return null
  return (
    <>
      <Button small look="danger" disabled={undo.isPending} onClick={() => undo.mutate()}>
        {isAgreed ? 'Cancel the appointment' : 'Take the question back'}
      </Button>
      <Problem error={undo.error} />
    </>
  )
}

function whoAnswered({ statementId, osUser }: NonNullable<AskView['answer']>): string {
  return statementId === null ? `${osUser}, by link from a mail, not signed` : osUser
}

function toneOf({ state, answer }: AskView): Tone {
  if (state === 'open') return 'warn'
  if (answer === null) return 'plain'
  return ['declined', 'none', 'bad'].includes(answer.choice) ? 'bad' : 'good'
}
