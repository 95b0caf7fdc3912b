import { useState } from 'react'
import type { RunView } from '../../api/runs.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './run-page.module.css'
import type { RunQuery } from './run-page.tsx'
import type { Jump } from './use-jump.ts'

/** The rows that prove a finding: how many there are, and the way from one to the next. */
export function EvidenceBar({
  run,
  query,
  jump,
}: {
  readonly run: RunView
  readonly query: RunQuery
  readonly jump: Jump
}) {
  const [at, setAt] = useState(0)
  const rows = query.evidence
  if (rows.length === 0) return <Problem error={jump.problem} />
  const go = (step: number) => {
    const next = (at + step + rows.length) % rows.length
    setAt(next)
    jump.to(rows[next] ?? 0)
  }
  return (
    <div className={styles.evidence}>
      <Problem error={jump.problem} />
      <strong>
        Evidence of a finding: row {((rows[at] ?? 0) + 1).toLocaleString('en')}
        {rows.length > 1 ? `, ${at + 1} of ${rows.length}` : ''}
      </strong>
      {(rows[at] ?? 0) >= run.rows ? <span>The run has no such row.</span> : null}
      {rows.length > 1 ? (
        <>
          <Button small onClick={() => go(-1)}>
            Previous
          </Button>
          <Button small onClick={() => go(1)}>
            Next
          </Button>
        </>
      ) : null}
      <Button small look="quiet" onClick={() => query.change({ rows: null })}>
        Take the marks away
      </Button>
    </div>
  )
}
