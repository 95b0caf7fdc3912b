import type { FormEvent } from 'react'
import { useState } from 'react'
import { Link } from 'wouter'
import { useFindings } from '../../api/findings.ts'
import type { TheoryView } from '../../api/method.ts'
import { useMethodWrite } from '../../api/method.ts'
import type { RunView } from '../../api/runs.ts'
import { useRuns } from '../../api/use-runs.ts'
import type { Tone } from '../../ui/badge.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { CheckButton } from '../ticket/next-check.tsx'
import styles from './method.module.css'
import type { StepProps } from './step-panel.tsx'
import { LIKELIHOODS } from './step-words.ts'

const VERDICTS: Readonly<Record<TheoryView['verdict'], { readonly word: string; readonly tone: Tone }>> = {
  open: { word: 'Not tested yet', tone: 'plain' },
  confirmed: { word: 'Confirmed', tone: 'good' },
  refuted: { word: 'Refuted', tone: 'bad' },
}

/** One theory: what speaks for it, how it is tested, what the test showed. */
export function TheoryCard(props: StepProps & { readonly theory: TheoryView }) {
  const { ticket, theory, mayWork } = props
  const { data: runs } = useRuns(ticket.id)
  const [isJudging, setJudging] = useState(false)
  const run = (runs ?? []).find(({ id }) => id === theory.runId)
  const { tone, word } = VERDICTS[theory.verdict]
  return (
    <article className={styles.card} data-over={theory.verdict === 'refuted'}>
      <div className={styles.row}>
        <Badge tone={tone}>{word}</Badge>
        <Badge tone={LIKELIHOODS[theory.likelihood].tone}>{LIKELIHOODS[theory.likelihood].word}</Badge>
      </div>
      <p className={styles.strong}>{theory.statement}</p>
      <Grounds ticketId={ticket.id} theory={theory} />
      {theory.test.text === '' ? null : <p className={styles.soft}>Test: {theory.test.text}</p>}
      {theory.result === null ? null : <p className={styles.words}>{theory.result}</p>}
      {run === undefined ? null : (
        <Link href={`/tickets/${ticket.id}/runs/${run.id}`}>The rows that the verdict rests on</Link>
      )}
      {!mayWork ? null : theory.verdict === 'open' || isJudging ? (
        <Judge {...props} runs={runs ?? []} onDone={() => setJudging(false)} />
      ) : (
        <div>
          <Button small look="quiet" onClick={() => setJudging(true)}>
            Judge it anew<span className="visually-hidden">: {theory.statement}</span>
          </Button>
        </div>
      )}
    </article>
  )
}

function Grounds({ ticketId, theory }: { readonly ticketId: string; readonly theory: TheoryView }) {
  const { data: findings } = useFindings(ticketId)
  const linked = (findings ?? []).filter(({ id }) => theory.findingIds.includes(id))
  if (linked.length === 0) return null
  return (
    <ul className={styles.plain}>
      {linked.map(({ id, content }) => (
        <li key={id}>
          <a href={`#${id}`}>{content.statement}</a>
        </li>
      ))}
    </ul>
  )
}

/** The test at hand, and the verdict. The newest rows of the test's collector are what it rests on. */
function Judge({
  ticket,
  theory,
  runs,
  onAsk,
  onWritten,
  onDone,
}: StepProps & { readonly theory: TheoryView; readonly runs: readonly RunView[]; readonly onDone: () => void }) {
  const write = useMethodWrite(ticket.id, (fresh) => {
    onDone()
    onWritten(fresh)
  })
  const tested = runs.findLast(
    ({ collector, endedAt, withheld }) => collector === theory.test.collector && endedAt !== null && withheld === null,
  )
  const judge = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { submitter } = event.nativeEvent as SubmitEvent // React gives the native event of a submit.
    const verdict = submitter instanceof HTMLButtonElement ? submitter.value : ''
    const result = String(new FormData(event.currentTarget).get('result')).trim()
    const body = {
      version: theory.version,
      verdict,
      result: result === '' ? null : result,
      runId: tested?.id ?? null,
    }
    write.mutate({ method: 'PATCH', path: `theories/${theory.id}`, body })
  }
  const needsWords = theory.findingIds.length === 0 && tested === undefined
  return (
    <form className={styles.form} onSubmit={judge}>
      <div className={styles.row}>
        <CheckButton
          ticket={ticket}
          deviceId={ticket.deviceIds[0] ?? ''}
          collector={theory.test.collector ?? ''}
          purpose={`I suppose this: ${theory.statement} To test it I would like to look at one more thing.`}
          onAsk={onAsk}
        />
      </div>
      <TextField
        label={needsWords ? 'What the test showed' : 'What the test showed (optional)'}
        name="result"
        maxLength={4_000}
        required={needsWords}
      />
      <Problem error={write.error} />
      <div className={styles.row}>
        <Button small type="submit" look="primary" value="confirmed" disabled={write.isPending}>
          Confirmed<span className="visually-hidden">: {theory.statement}</span>
        </Button>
        <Button small type="submit" value="refuted" disabled={write.isPending}>
          Refuted<span className="visually-hidden">: {theory.statement}</span>
        </Button>
      </div>
    </form>
  )
}
