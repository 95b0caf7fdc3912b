import type { FormEvent } from 'react'
import { useMethodWrite } from '../../api/method.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './method.module.css'
import type { StepProps } from './step-panel.tsx'
import { STATE_WORDS, STEP_WORDS } from './step-words.ts'

/** Step 6: what the report has by now, and room for what no log can know. */
export function DocumentStep({ ticket, method, step, mayWork, onWritten }: StepProps) {
  const mayExport = useMay('export.read')
  const write = useMethodWrite(ticket.id, onWritten)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('text')).trim()
    if (text !== '') write.mutate({ method: 'PUT', path: 'steps/document', body: { version: step.version, text } })
  }
  return (
    <>
      <ul className={styles.plain}>
        {method.steps
          .filter(({ step: name }) => name !== 'document')
          .map(({ step: name, state }) => (
            <li key={name}>
              {STEP_WORDS[name].title}: {STATE_WORDS[state]}
            </li>
          ))}
      </ul>
      {mayExport ? (
        <p>
          <a href={`/api/tickets/${ticket.id}/report?edition=internal&format=html`} target="_blank" rel="noopener">
            Read the report as it is now<span className="visually-hidden"> in a new tab</span>
          </a>
        </p>
      ) : null}
      {mayWork ? (
        <form className={styles.form} onSubmit={submit}>
          <TextArea
            label="Outcome in your own words (optional)"
            name="text"
            defaultValue={step.text}
            rows={2}
            maxLength={4_000}
          />
          <Problem error={write.error} />
          <div>
            <Button small type="submit" disabled={write.isPending}>
              Keep the words
            </Button>
          </div>
        </form>
      ) : (
        <p className={styles.words}>{step.text}</p>
      )}
    </>
  )
}
