import type { FormEvent } from 'react'
import { useState } from 'react'
import type { MethodView, QuestionView } from '../../api/method.ts'
import { useMethodWrite } from '../../api/method.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextArea } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './method.module.css'
import type { StepProps } from './step-panel.tsx'

/** Answers with which nobody needs to look at the form first. */
const ENOUGH = 2

/** Step 1: what is wrong. What the person wrote when they asked for help only needs a look and a click. */
export function IdentifyStep(props: StepProps) {
  const { step, method, mayWork } = props
  const [isEditing, setEditing] = useState(false)
  const known = method.questions.filter(({ known: answer }) => answer !== null)
  const isWritten = step.answers.length > 0
  if (mayWork && (isEditing || (!isWritten && known.length < ENOUGH)))
    return <Questions {...props} onDone={() => setEditing(false)} />
  const shown = isWritten
    ? step.answers.map(({ question, answer }) => [question, answer] as const)
    : known.map(({ text, known: answer }) => [text, answer ?? ''] as const)
  return (
    <>
      <dl className={styles.answers}>
        {shown.map(([question, answer]) => (
          <div key={question}>
            <dt>{question}</dt>
            <dd>{answer}</dd>
          </div>
        ))}
      </dl>
      {shown.length === 0 && step.state === 'empty' ? <p className={styles.soft}>Nothing was written here.</p> : null}
      {mayWork ? <Confirm {...props} isWritten={isWritten} onEdit={() => setEditing(true)} /> : null}
    </>
  )
}

function Confirm({
  ticket,
  method,
  step,
  onWritten,
  isWritten,
  onEdit,
}: StepProps & { readonly isWritten: boolean; readonly onEdit: () => void }) {
  const write = useMethodWrite(ticket.id, onWritten)
  const confirm = () => {
    const answers = method.questions.flatMap(({ id, known }) => (known === null ? [] : [{ id, answer: known }]))
    write.mutate({ method: 'PUT', path: 'steps/identify', body: { version: step.version, answers } })
  }
  return (
    <>
      <Problem error={write.error} />
      <div className={styles.row}>
        {isWritten ? null : (
          <Button small look="primary" disabled={write.isPending} onClick={confirm}>
            That is the problem
          </Button>
        )}
        <Button small onClick={onEdit}>
          {isWritten ? 'Change' : 'Ask more'}
        </Button>
      </div>
    </>
  )
}

function Questions({ ticket, method, step, onWritten, onDone }: StepProps & { readonly onDone: () => void }) {
  const [symptom, setSymptom] = useState(() => symptomOf(method, step.answers))
  const write = useMethodWrite(ticket.id, (fresh) => {
    onDone()
    onWritten(fresh)
  })
  const added = method.symptoms.find(({ id }) => id === symptom)?.questions ?? []
  const questions: readonly QuestionView[] = [...method.questions, ...added]
  const answerOf = (id: string) =>
    step.answers.find((answer) => answer.id === id)?.answer ??
    method.questions.find((question) => question.id === id)?.known ??
    ''
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const answers = questions.map(({ id }) => ({ id, answer: String(form.get(id) ?? '').trim() }))
    write.mutate({ method: 'PUT', path: 'steps/identify', body: { version: step.version, answers } })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <SelectField label="Symptom" value={symptom} onChange={({ target }) => setSymptom(target.value)}>
        <option value="">Another one</option>
        {method.symptoms.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </SelectField>
      {questions.map(({ id, text }) => (
        <TextArea key={id} label={text} name={id} defaultValue={answerOf(id)} rows={1} maxLength={4_000} />
      ))}
      <Problem error={write.error} />
      <div className={styles.row}>
        <Button small type="submit" look="primary" disabled={write.isPending}>
          That is the problem
        </Button>
      </div>
    </form>
  )
}

function symptomOf({ symptoms }: MethodView, answers: StepProps['step']['answers']): string {
  const asked = new Set(answers.map(({ id }) => id))
  return symptoms.find(({ questions }) => questions.some(({ id }) => asked.has(id)))?.id ?? ''
}
