import type { FormEvent } from 'react'
import { useState } from 'react'
import { useDevices } from '../../api/devices.ts'
import { useMethodWrite } from '../../api/method.ts'
import { useSession } from '../../api/session.ts'
import type { Grade, TicketView } from '../../api/types.ts'
import { GRADES } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { ActionCard } from './action-card.tsx'
import styles from './method.module.css'
import { Outcome, outcomeOf, textOrNull } from './outcome-fields.tsx'
import type { StepProps } from './step-panel.tsx'
import { RISKS } from './step-words.ts'

/** Step 4: what is done about it, by whom, and what came of it. */
export function ActionsStep(props: StepProps) {
  const { method, mayWork } = props
  return (
    <>
      {method.actions.length === 0 && !mayWork ? <p className={styles.soft}>Nothing was planned.</p> : null}
      <ul className={styles.list}>
        {method.actions.map((action) => (
          <li key={action.id}>
            <ActionCard {...props} action={action} />
          </li>
        ))}
      </ul>
      {mayWork ? (
        <details className={styles.more} open={method.actions.length === 0}>
          <summary>{method.actions.length === 0 ? 'What is to be done' : 'One more action'}</summary>
          <NewAction {...props} />
        </details>
      ) : null}
    </>
  )
}

function NewAction({ ticket, onWritten }: StepProps) {
  const { user } = useSession()
  const [risk, setRisk] = useState<Grade>('low')
  const [asksFirst, setAsksFirst] = useState(false)
  const write = useMethodWrite(ticket.id, onWritten)
  const isMajor = asksFirst || risk === 'high'
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { submitter } = event.nativeEvent as SubmitEvent // React gives the native event of a submit.
    const isDone = submitter instanceof HTMLButtonElement && submitter.value === 'done'
    const form = event.currentTarget
    const body = newAction(new FormData(form), { me: user.name, ticket, risk, isMajor, isDone })
    write.mutate({ method: 'POST', path: 'actions', body }, { onSuccess: () => form.reset() })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField label="Action" name="what" maxLength={500} required />
      <div className={styles.fields}>
        <SelectField label="Who does it" name="doer" defaultValue="technician">
          <option value="technician">I do</option>
          <option value="on-site">Somebody on site</option>
          <option value="person">The person</option>
        </SelectField>
        {/* The options are the grades. */}
        <SelectField label="Risk" value={risk} onChange={({ target }) => setRisk(target.value as Grade)}>
          {GRADES.toReversed().map((grade) => (
            <option key={grade} value={grade}>
              {RISKS[grade]}
            </option>
          ))}
        </SelectField>
        <DeviceChoice ticket={ticket} />
      </div>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={isMajor}
          disabled={risk === 'high'}
          onChange={({ target }) => setAsksFirst(target.checked)}
        />
        A major action: it waits for a yes
      </label>
      <details className={styles.more}>
        <summary>Reason, change, and the way back</summary>
        <TextField label="Why" name="why" maxLength={1_000} />
        <TextField label="How it is taken back" name="undo" maxLength={500} />
        {isMajor ? null : <Outcome />}
      </details>
      <Problem error={write.error} />
      <div className={styles.row}>
        {isMajor ? null : (
          <Button small type="submit" look="primary" value="done" disabled={write.isPending}>
            It is done
          </Button>
        )}
        <Button small type="submit" value="plan" look={isMajor ? 'primary' : 'plain'} disabled={write.isPending}>
          Plan it
        </Button>
      </div>
    </form>
  )
}

/** With one device there is nothing to choose. */
function DeviceChoice({ ticket }: { readonly ticket: TicketView }) {
  const devices = useDevices(ticket.deviceIds)
  if (ticket.deviceIds.length < 2) return null
  return (
    <SelectField label="On which device" name="device" defaultValue={ticket.deviceIds[0]}>
      {devices.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      <option value="">None of them alone</option>
    </SelectField>
  )
}

interface NewActionFacts {
  readonly me: string
  readonly ticket: TicketView
  readonly risk: Grade
  readonly isMajor: boolean
  readonly isDone: boolean
}

function newAction(form: FormData, { me, ticket, risk, isMajor, isDone }: NewActionFacts) {
  const kind = String(form.get('doer'))
  const device = String(form.get('device') ?? ticket.deviceIds[0] ?? '')
  const name = kind === 'technician' ? me : kind === 'person' ? ticket.requesterName : 'Somebody on site'
  return {
    what: String(form.get('what')).trim(),
    deviceId: device === '' ? null : device,
    why: textOrNull(form, 'why'),
    undo: textOrNull(form, 'undo'),
    risk,
    doer: { kind, name },
    needsApproval: isMajor,
    ...(isDone ? { done: outcomeOf(form) } : {}),
  }
}
