import type { FormEvent } from 'react'
import { useId } from 'react'
import { useDevice } from '../../api/devices.ts'
import type { SuggestionView, TheoryView } from '../../api/method.ts'
import { useConfirmedCause, useMethodWrite } from '../../api/method.ts'
import { GRADES } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './method.module.css'
import type { StepProps } from './step-panel.tsx'
import { LIKELIHOODS } from './step-words.ts'
import { TheoryCard } from './theory-card.tsx'

/** Steps 2 and 3: the theories with what their tests showed, what findings suggest, and room for one's own. */
export function TheoriesStep(props: StepProps) {
  const { ticket, method, step, mayWork, onWritten } = props
  const isOver = step.step === 'test'
  return (
    <>
      {method.theories.length === 0 ? <p className={styles.soft}>There is no theory yet.</p> : null}
      <ul className={styles.list}>
        {method.theories.toSorted(byVerdict).map((theory) => (
          <li key={theory.id}>
            <TheoryCard {...props} theory={theory} />
          </li>
        ))}
      </ul>
      {method.theories.some(({ verdict }) => verdict === 'confirmed') || isOver || !mayWork ? null : (
        <Suggestions ticketId={ticket.id} suggestions={method.suggestions} onWritten={onWritten} />
      )}
      {mayWork ? <NewTheory {...props} /> : null}
    </>
  )
}

const VERDICTS: readonly TheoryView['verdict'][] = ['confirmed', 'open', 'refuted']

function byVerdict(one: TheoryView, other: TheoryView): number {
  return (
    VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict) ||
    GRADES.indexOf(one.likelihood) - GRADES.indexOf(other.likelihood) ||
    one.addedAt.localeCompare(other.addedAt)
  )
}

function Suggestions({
  ticketId,
  suggestions,
  onWritten,
}: {
  readonly ticketId: string
  readonly suggestions: readonly SuggestionView[]
  readonly onWritten: StepProps['onWritten']
}) {
  const title = useId()
  const write = useMethodWrite(ticketId, onWritten)
  const cause = useConfirmedCause(ticketId, onWritten)
  if (suggestions.length === 0) return null
  const isPending = write.isPending || cause.isPending
  return (
    <section aria-labelledby={title} className={styles.form}>
      <h3 id={title}>The findings speak for</h3>
      <Problem error={write.error ?? cause.error} />
      <ul className={styles.list}>
        {suggestions.map((suggestion) => (
          <li key={suggestion.statement} className={styles.card}>
            <p className={styles.words}>{suggestion.statement}</p>
            <div className={styles.row}>
              <Badge tone={LIKELIHOODS[suggestion.likelihood].tone}>{LIKELIHOODS[suggestion.likelihood].word}</Badge>
              <Button small look="primary" disabled={isPending} onClick={() => cause.mutate(suggestion)}>
                That is the cause
                <span className="visually-hidden">: {suggestion.statement}</span>
              </Button>
              <Button
                small
                disabled={isPending}
                onClick={() => write.mutate({ method: 'POST', path: 'theories', body: suggestion })}
              >
                Take as theory
                <span className="visually-hidden">: {suggestion.statement}</span>
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function NewTheory({ ticket, method, onWritten }: StepProps) {
  const write = useMethodWrite(ticket.id, onWritten)
  const { data: device } = useDevice(ticket.deviceIds[0] ?? '')
  const offered = (device?.catalogue ?? []).filter(({ available }) => available)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { currentTarget } = event
    const form = new FormData(currentTarget)
    const collector = String(form.get('collector') ?? '')
    const body = {
      statement: String(form.get('statement')).trim(),
      likelihood: String(form.get('likelihood')),
      test: { text: String(form.get('test')).trim(), collector: collector === '' ? null : collector },
    }
    write.mutate({ method: 'POST', path: 'theories', body }, { onSuccess: () => currentTarget.reset() })
  }
  return (
    <details className={styles.more} open={method.theories.length === 0 && method.suggestions.length === 0}>
      <summary>{method.theories.length === 0 ? 'Your own theory' : 'Another theory'}</summary>
      <form className={styles.form} onSubmit={submit}>
        <TextField label="What could be the cause" name="statement" maxLength={500} required />
        <div className={styles.fields}>
          <SelectField label="How likely" name="likelihood" defaultValue="medium">
            {GRADES.map((grade) => (
              <option key={grade} value={grade}>
                {LIKELIHOODS[grade].word}
              </option>
            ))}
          </SelectField>
          <TextField label="How to test it (optional)" name="test" maxLength={500} />
          {offered.length === 0 ? null : (
            <SelectField label="What would show it (optional)" name="collector" defaultValue="">
              <option value="">Nothing that is collected</option>
              {offered.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </SelectField>
          )}
        </div>
        <Problem error={write.error} />
        <div>
          <Button small type="submit" disabled={write.isPending}>
            Add the theory
          </Button>
        </div>
      </form>
    </details>
  )
}
