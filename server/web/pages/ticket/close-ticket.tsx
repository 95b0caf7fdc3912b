import type { FormEvent } from 'react'
import { useState } from 'react'
import type { CloseProblem, CloseWish } from '../../api/closing.ts'
import { useClose, useCloseProblems, useStopRuns } from '../../api/closing.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { STEP_WORDS } from '../method/step-words.ts'
import styles from './close-ticket.module.css'
import { TicketPicker } from './ticket-picker.tsx'

type As = CloseWish['as']

/** Asks how to close a ticket, says what stands in the way, and closes it. */
export function CloseTicket({ ticket, onClose }: { readonly ticket: TicketView; readonly onClose: () => void }) {
  const [as, setAs] = useState<As>('resolved')
  const [reason, setReason] = useState('')
  const [into, setInto] = useState<string | null>(null)
  const [leftOut, setLeftOut] = useState('')
  const goesOn = as === 'duplicate' || as === 'merged'
  const wish = {
    as,
    ...(goesOn && into !== null ? { into } : {}),
    ...(reason.trim().length < MIN_REASON ? {} : { reason: reason.trim() }),
  }
  const problems = useCloseProblems(ticket, { ...wish, reason: TO_BE_TYPED })
  const empty = emptySteps(problems.data ?? [])
  const closing = useClose(ticket)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const skips = Object.fromEntries(empty.map((step) => [step, leftOut.trim()]))
    closing.mutate(empty.length === 0 ? wish : { ...wish, skips }, { onSuccess: onClose })
  }
  return (
    <Dialog open onClose={onClose} title="Close this ticket?">
      <form className={styles.form} onSubmit={submit}>
        <p>Every permission and open request on it ends in the same moment, and the person can write no more.</p>
        <fieldset className={styles.choices}>
          <legend className={styles.hint}>How it ends</legend>
          {choicesFor(ticket).map(([word, label]) => (
            <label key={word} className={styles.choice}>
              <input type="radio" name="as" value={word} checked={word === as} onChange={() => setAs(word)} />
              {label}
            </label>
          ))}
        </fieldset>
        {needsReason(ticket, as) ? (
          <TextArea
            label="Reason"
            hint="Stands in the log. 3 to 500 characters."
            rows={3}
            minLength={MIN_REASON}
            maxLength={500}
            required
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
        ) : null}
        {goesOn ? (
          <TicketPicker label="In which ticket does it go on?" notId={ticket.id} chosen={into} onChoose={setInto} />
        ) : null}
        {empty.length === 0 ? null : (
          <TextArea
            label="Why are these steps left out?"
            hint={`${empty.map(stepTitle).join(', ')}. Stands in the log. 3 to 500 characters.`}
            rows={2}
            minLength={MIN_REASON}
            maxLength={500}
            required
            value={leftOut}
            onChange={({ target }) => setLeftOut(target.value)}
          />
        )}
        <InTheWay ticketId={ticket.id} problems={problems} />
        <Problem error={closing.error} />
        <DialogActions>
          <Button onClick={onClose}>Keep it open</Button>
          <Button type="submit" look="danger" disabled={closing.isPending}>
            Close the ticket
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

const MIN_REASON = 3
/** What the person types is no problem yet: the form asks for it itself. */
const TO_BE_TYPED = 'to be typed'

/** Steps of the method that say nothing; one reason is asked for them. */
function emptySteps(problems: readonly CloseProblem[]): readonly string[] {
  return problems.flatMap(({ code, about }) => (code === 'STEP_EMPTY' && about !== undefined ? [about] : []))
}

function stepTitle(step: string): string {
  return Object.entries(STEP_WORDS).find(([word]) => word === step)?.[1].title ?? step
}

function choicesFor({ state, confirmed, mover }: TicketView): readonly (readonly [As, string])[] {
  const isAsked = mover === 'person'
  return [
    ['resolved', confirmed === true ? 'Solved: the person says so' : solvedLabel(state)],
    ...(isAsked ? ([['no-answer', 'No answer of the person']] as const) : []),
    ['withdrawn', 'Withdrawn: there is nothing to solve any more'],
    ['duplicate', 'Duplicate of another ticket'],
    ['merged', 'Merged into another ticket, where all of it goes on'],
  ]
}

function solvedLabel(state: TicketView['state']): string {
  return state === 'resolved' ? 'Solved; the person has not answered' : 'Solved, without asking the person'
}

/** The same rule as the server's, so that the field is there before anybody asks. */
function needsReason({ state }: TicketView, as: As): boolean {
  return as === 'withdrawn' || (as === 'resolved' && state !== 'resolved')
}

/** What stands in the way, with the way out where there is one. */
function InTheWay(props: { readonly ticketId: string; readonly problems: ReturnType<typeof useCloseProblems> }) {
  const { data: all = [], error, refetch } = props.problems
  const data = all.filter(({ code }) => code !== 'STEP_EMPTY')
  const stop = useStopRuns(props.ticketId)
  const runs = data.flatMap(({ code, about }: CloseProblem) =>
    code === 'RUN_OPEN' && about !== undefined ? [about] : [],
  )
  if (data.length === 0) return <Problem error={error} />
  return (
    <Notice tone="warn">
      <p>This stands in the way:</p>
      <ul className={styles.problems}>
        {data.map(({ code, text, about }) => (
          <li key={`${code} ${about ?? ''}`}>{text}</li>
        ))}
      </ul>
      {runs.length === 0 ? null : (
        <Button small disabled={stop.isPending} onClick={() => stop.mutate(runs, { onSettled: () => void refetch() })}>
          Stop what still runs
        </Button>
      )}
      <Problem error={stop.error} />
    </Notice>
  )
}
