import { useMutation, useQueryClient } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { apiSend } from '../../api/client.ts'
import { findingsKey, useFindings } from '../../api/findings.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { useRuns } from '../../api/use-runs.ts'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { counted } from '../../ui/words.tsx'
import type { AskDraft } from './ask-draft.ts'
import { FindingCard } from './finding-card.tsx'
import styles from './findings.module.css'

interface Outcomes {
  readonly outcomes: readonly { readonly rule: string; readonly state: 'pass' | 'finding' | 'could-not-tell' }[]
}

/** What the rules concluded, the worst first. */
export function Findings({
  ticket,
  onAsk,
  onShare,
}: {
  readonly ticket: TicketView
  readonly onAsk: (draft: AskDraft) => void
  /** Puts a text for the person into the box for messages. */
  readonly onShare: (text: string) => void
}) {
  const { data: findings, error, isPending } = useFindings(ticket.id)
  const { data: runs } = useRuns(ticket.id)
  return (
    <section className={styles.findings} aria-labelledby="findings-title">
      <div className={styles.head}>
        <h2 id="findings-title">Findings</h2>
        <EvaluateButton ticketId={ticket.id} hasRuns={(runs ?? []).length > 0} />
      </div>
      <Problem error={error} />
      {isPending ? <Loading what="Reading the findings" /> : null}
      {findings?.length === 0 ? (
        <p className={styles.none}>
          {(runs ?? []).length === 0
            ? 'Nothing was collected yet. Ask the person for what would show the problem.'
            : 'The rules found nothing in the rows so far. Look at the rows yourself, or ask for more.'}
        </p>
      ) : null}
      <p className="visually-hidden" role="status">
        {findings === undefined ? null : counted(findings.length, 'finding')}
      </p>
      <ul className={styles.list}>
        {findings?.map((finding) => (
          <li key={finding.id}>
            <FindingCard ticket={ticket} finding={finding} runs={runs ?? []} onAsk={onAsk} onShare={onShare} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function EvaluateButton({ ticketId, hasRuns }: { readonly ticketId: string; readonly hasRuns: boolean }) {
  const queries = useQueryClient()
  const mayJudge = useMay('finding.judge')
  const evaluate = useMutation({
    mutationFn: () => apiSend<Outcomes>('POST', `/api/tickets/${ticketId}/findings/evaluate`),
    onSuccess: () => queries.invalidateQueries({ queryKey: findingsKey(ticketId) }),
  })
  if (!mayJudge || !hasRuns) return null
  return (
    <div className={styles.evaluate}>
      <span className={styles.outcome} role="status">
        {evaluate.data === undefined ? null : outcomeText(evaluate.data)}
      </span>
      <Problem error={evaluate.error} />
      <Button small look="quiet" disabled={evaluate.isPending} onClick={() => evaluate.mutate()}>
        <RefreshCw aria-hidden="true" size={16} />
        Evaluate again
      </Button>
    </div>
  )
}

function outcomeText({ outcomes }: Outcomes): string {
  const count = (state: string) => outcomes.filter((outcome) => outcome.state === state).length
  return `${counted(outcomes.length, 'rule')}: ${count('finding')} found something, ${count('could-not-tell')} could not tell`
}
