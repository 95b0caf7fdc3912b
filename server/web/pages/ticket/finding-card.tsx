import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { apiSend } from '../../api/client.ts'
import type { FindingView } from '../../api/findings.ts'
import { findingsKey } from '../../api/findings.ts'
import type { RunView } from '../../api/runs.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { counted, SeverityBadge } from '../../ui/words.tsx'
import type { AskDraft } from './ask-draft.ts'
import styles from './finding-card.module.css'
import { NextCheck } from './next-check.tsx'

interface CardProps {
  readonly ticket: TicketView
  readonly finding: FindingView
  readonly runs: readonly RunView[]
  readonly onAsk: (draft: AskDraft) => void
  readonly onShare: (text: string) => void
}

/** One finding: what is the case, why probably, what to look at next, how it is prevented, and the desk's verdict. */
export function FindingCard({ ticket, finding, runs, onAsk, onShare }: CardProps) {
  const mayShare = useMay('ticket.work') && ticket.state !== 'closed' && finding.state !== 'dismissed'
  const { content } = finding
  return (
    <article className={styles.card} id={finding.id} data-state={finding.state} data-severity={content.severity}>
      <div className={styles.badges}>
        <SeverityBadge severity={content.severity} />
        {finding.state === 'open' ? null : <VerdictBadge finding={finding} />}
      </div>
      <h3 className={styles.statement}>{content.statement}</h3>
      <dl className={styles.facts}>
        <Fact name="Probable cause" text={content.probableCause} />
        <Fact name="Next check" text={content.nextCheck.text} />
        <Fact name="Prevention" text={content.prevention} />
        {finding.reason === null ? null : <Fact name="Verdict" text={finding.reason} />}
      </dl>
      <div className={styles.actions}>
        <Evidence ticketId={ticket.id} finding={finding} />
        <NextCheck ticket={ticket} finding={finding} runs={runs} onAsk={onAsk} />
        <Verdict ticketId={ticket.id} finding={finding} />
        {mayShare ? (
          <Button small look="quiet" onClick={() => onShare(plainWords(content))}>
            Tell the person<span className="visually-hidden">: {content.statement}</span>
          </Button>
        ) : null}
      </div>
    </article>
  )
}

/** A finding for the person, to be looked at and changed before it is sent. */
function plainWords({ statement, probableCause, prevention }: FindingView['content']): string {
  return [
    `We found this on your computer: ${statement}`,
    `Probable cause: ${probableCause}`,
    `So that it does not come back: ${prevention}`,
  ].join('\n')
}

function VerdictBadge({ finding }: { readonly finding: FindingView }) {
  return finding.state === 'confirmed' ? <Badge tone="good">Confirmed</Badge> : <Badge>Dismissed</Badge>
}

function Fact({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  )
}

/** Links to the very rows that prove it. */
function Evidence({ ticketId, finding }: { readonly ticketId: string; readonly finding: FindingView }) {
  return finding.content.evidence.map(({ runId, collector, rows, totalRows }) => (
    <Link
      key={runId}
      className={styles.evidence ?? ''}
      href={`/tickets/${ticketId}/runs/${runId}?rows=${rows.join(',')}`}
    >
      {counted(totalRows, 'row')} of {collector}
    </Link>
  ))
}

const VERDICTS = {
  confirmed: { button: 'Confirm', title: 'Confirm the finding', hint: 'What shows that it is so?' },
  dismissed: { button: 'Dismiss', title: 'Dismiss the finding', hint: 'Why does it not count here?' },
} as const

function Verdict({ ticketId, finding }: { readonly ticketId: string; readonly finding: FindingView }) {
  const queries = useQueryClient()
  const mayJudge = useMay('finding.judge')
  const [verdict, setVerdict] = useState<keyof typeof VERDICTS | null>(null)
  const judge = async (reason: string) => {
    await apiSend('PATCH', `/api/tickets/${ticketId}/findings/${finding.id}`, { state: verdict, reason })
    await queries.invalidateQueries({ queryKey: findingsKey(ticketId) })
  }
  if (!mayJudge) return null
  return (
    <>
      <Button small look="quiet" disabled={finding.state === 'confirmed'} onClick={() => setVerdict('confirmed')}>
        {VERDICTS.confirmed.button}
      </Button>
      <Button small look="quiet" disabled={finding.state === 'dismissed'} onClick={() => setVerdict('dismissed')}>
        {VERDICTS.dismissed.button}
      </Button>
      {verdict === null ? null : (
        <ReasonDialog
          title={VERDICTS[verdict].title}
          hint={VERDICTS[verdict].hint}
          maxLength={1_000}
          action={VERDICTS[verdict].button}
          onReason={judge}
          onClose={() => setVerdict(null)}
        >
          <p className={styles.quote}>{finding.content.statement}</p>
        </ReasonDialog>
      )}
    </>
  )
}
