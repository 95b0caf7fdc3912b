import type { FormEvent } from 'react'
import type { MeasureView } from '../../api/method.ts'
import { useMethodWrite } from '../../api/method.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Comparisons } from './comparisons.tsx'
import styles from './method.module.css'
import type { StepProps } from './step-panel.tsx'

/** Step 5: that everything works again, and what keeps it from coming back. */
export function VerifyStep(props: StepProps) {
  const { ticket, step, mayWork } = props
  return (
    <>
      <p className={styles.row}>
        {ticket.confirmed === true ? <Badge tone="good">The person says that it is fixed</Badge> : null}
        {ticket.confirmed === false ? <Badge tone="bad">The person says that it is not fixed</Badge> : null}
        {ticket.confirmed === null ? <Badge>The person has not said yet whether it is fixed</Badge> : null}
      </p>
      <Comparisons {...props} />
      {mayWork ? <Prevention {...props} /> : <Recorded measures={step.measures} text={step.text} />}
    </>
  )
}

function Recorded({ measures, text }: { readonly measures: readonly MeasureView[]; readonly text: string }) {
  return (
    <>
      <p className={styles.words}>{text}</p>
      <ul className={styles.plain}>
        {measures.map((measure) => (
          <li key={measure.text}>
            {measure.text} ({measure.isDone ? 'done' : 'not done'})
          </li>
        ))}
      </ul>
    </>
  )
}

/** Preventive measures: those that the findings name, and one's own. */
function Prevention({ ticket, method, step, onWritten }: StepProps) {
  const write = useMethodWrite(ticket.id, onWritten)
  const known = [
    ...step.measures,
    ...method.measures
      .filter(({ text }) => !step.measures.some((measure) => measure.text === text))
      .map((measure) => ({ ...measure, isDone: false })),
  ]
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const own = String(form.get('own')).trim()
    const measures = [
      ...known.map((measure, at) => ({ ...measure, isDone: form.get(`measure-${at}`) !== null })),
      ...(own === '' ? [] : [{ text: own, isDone: form.get('own-done') !== null, findingId: null }]),
    ]
    const body = { version: step.version, text: String(form.get('text')).trim(), measures }
    write.mutate({ method: 'PUT', path: 'steps/verify', body })
  }
  return (
    <form className={styles.form} key={step.version} onSubmit={submit}>
      <TextArea
        label="What shows that everything works"
        name="text"
        defaultValue={step.text}
        rows={2}
        maxLength={4_000}
      />
      <h3>So that it does not come back</h3>
      {known.map(({ text, isDone }, at) => (
        <label key={text} className={styles.check}>
          <input type="checkbox" name={`measure-${at}`} defaultChecked={isDone} />
          {text}
        </label>
      ))}
      <TextField label={known.length === 0 ? 'Preventive measure' : 'One more measure'} name="own" maxLength={500} />
      <label className={styles.check}>
        <input type="checkbox" name="own-done" />
        It is done already
      </label>
      <Problem error={write.error} />
      <div>
        <Button small type="submit" disabled={write.isPending}>
          Record it
        </Button>
      </div>
    </form>
  )
}
