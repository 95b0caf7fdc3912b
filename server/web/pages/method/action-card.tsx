import type { FormEvent } from 'react'
import { useState } from 'react'
import type { ActionView } from '../../api/method.ts'
import { isOpen, useMethodWrite } from '../../api/method.ts'
import { useMay, useSession } from '../../api/session.ts'
import type { Tone } from '../../ui/badge.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './method.module.css'
import { Outcome, outcomeOf } from './outcome-fields.tsx'
import type { StepProps } from './step-panel.tsx'
import { RISKS } from './step-words.ts'

const STATES: Readonly<Record<ActionView['state'], { readonly word: string; readonly tone: Tone }>> = {
  planned: { word: 'Planned', tone: 'plain' },
  asked: { word: 'Waits for the person’s yes', tone: 'warn' },
  approved: { word: 'Approved', tone: 'accent' },
  declined: { word: 'Declined', tone: 'bad' },
  done: { word: 'Done', tone: 'good' },
  failed: { word: 'Did not work', tone: 'bad' },
  dropped: { word: 'Dropped', tone: 'plain' },
}

/** One action: what, by whom, how risky, whether it may be done, and what came of it. */
export function ActionCard(props: StepProps & { readonly action: ActionView }) {
  const { action, mayWork } = props
  const { word, tone } = STATES[action.state]
  return (
    <article className={styles.card} data-over={!isOpen(action)}>
      <div className={styles.row}>
        <Badge tone={tone}>{action.state === 'planned' && action.needsApproval ? 'Planned, needs a yes' : word}</Badge>
        <span className={styles.soft}>{action.doer.name}</span>
        <span className={styles.soft}>Risk {RISKS[action.risk].toLowerCase()}</span>
      </div>
      <p className={styles.strong}>{action.what}</p>
      {factsOf(action).map(([name, text]) => (
        <p key={name} className={styles.words}>
          <span className={styles.soft}>{name}: </span>
          {text}
        </p>
      ))}
      {mayWork && isOpen(action) ? <Moves {...props} /> : null}
    </article>
  )
}

function factsOf({ why, undo, approval, outcome }: ActionView): readonly (readonly [name: string, text: string])[] {
  const yes = approval === null ? null : `${approval.name}${approval.text === null ? '' : `: ${approval.text}`}`
  const facts: readonly (readonly [string, string | null])[] = [
    ['Why', why],
    ['Way back', undo],
    [approval?.by === 'person' ? 'Answer of the person' : 'Answer of the lead', yes],
    ['Before', outcome?.before ?? null],
    ['After', outcome?.after ?? null],
    ['Seen', outcome?.seen ?? null],
  ]
  return facts.flatMap(([name, text]) => (text === null ? [] : [[name, text] as const]))
}

function Moves({ ticket, action, onWritten }: StepProps & { readonly action: ActionView }) {
  const { user } = useSession()
  const mayApprove = useMay('action.approve') && action.plannedBy.id !== user.id
  const [isEnding, setEnding] = useState(false)
  const write = useMethodWrite(ticket.id, onWritten)
  const waits = action.needsApproval && action.state !== 'approved'
  const path = `actions/${action.id}`
  const end = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { submitter } = event.nativeEvent as SubmitEvent // React gives the native event of a submit.
    const state = submitter instanceof HTMLButtonElement ? submitter.value : ''
    const body = { version: action.version, state, ...outcomeOf(new FormData(event.currentTarget)) }
    write.mutate({ method: 'POST', path: `${path}/end`, body })
  }
  return (
    <form className={styles.form} onSubmit={end}>
      {isEnding ? <Outcome /> : null}
      {action.approval?.by === 'person' ? (
        <p className={styles.soft}>The person agreed, so they get a message when it ends, with what you saw.</p>
      ) : null}
      <Problem error={write.error} />
      <div className={styles.row}>
        {waits && action.state === 'planned' && ticket.deviceIds.length > 0 ? (
          <Button
            small
            look="primary"
            disabled={write.isPending}
            onClick={() => write.mutate({ method: 'POST', path: `${path}/ask`, body: { version: action.version } })}
          >
            Ask the person<span className="visually-hidden">: {action.what}</span>
          </Button>
        ) : null}
        {waits && mayApprove ? (
          <Button
            small
            look="primary"
            disabled={write.isPending}
            onClick={() => write.mutate({ method: 'POST', path: `${path}/approve`, body: { version: action.version } })}
          >
            Approve as lead<span className="visually-hidden">: {action.what}</span>
          </Button>
        ) : null}
        {waits ? null : <Endings isEnding={isEnding} isPending={write.isPending} onEnding={() => setEnding(true)} />}
        <Button small type="submit" value="dropped" look="quiet" disabled={write.isPending}>
          Drop it<span className="visually-hidden">: {action.what}</span>
        </Button>
      </div>
    </form>
  )
}

function Endings({
  isEnding,
  isPending,
  onEnding,
}: {
  readonly isEnding: boolean
  readonly isPending: boolean
  readonly onEnding: () => void
}) {
  return (
    <>
      <Button small type="submit" value="done" look="primary" disabled={isPending}>
        It is done
      </Button>
      <Button small type="submit" value="failed" disabled={isPending}>
        It did not work
      </Button>
      {isEnding ? null : (
        <Button small look="quiet" onClick={onEnding}>
          Write down what changed
        </Button>
      )}
    </>
  )
}
