import { collectorTitle, useDevices } from '../../api/devices.ts'
import type { ComparablePair, ComparisonView } from '../../api/method.ts'
import { useMethodWrite } from '../../api/method.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { fullTime } from '../../ui/time.tsx'
import { countsText } from './counts-text.ts'
import styles from './method.module.css'
import type { StepProps } from './step-panel.tsx'

/** The same collectors once before and once after: what was compared, and what could be. */
export function Comparisons({ ticket, method, mayWork, onWritten }: StepProps) {
  const write = useMethodWrite(ticket.id, onWritten)
  const pairs = [...method.comparisons, ...method.comparable]
  const devices = useDevices([...new Set(pairs.map(({ deviceId }) => deviceId))])
  const nameOf = ({ deviceId, collector }: Pick<ComparablePair, 'deviceId' | 'collector'>) => {
    const device = devices.find(({ id }) => id === deviceId)
    return `${collectorTitle(device?.catalogue, collector)} on ${device?.name ?? deviceId}`
  }
  return (
    <>
      {method.comparisons.map((comparison) => (
        <Compared key={comparison.id} comparison={comparison} name={nameOf(comparison)} />
      ))}
      {mayWork && method.comparable.length > 0 ? (
        <div className={styles.row}>
          {method.comparable.map(({ beforeRunId, afterRunId, ...of }) => (
            <Button
              key={afterRunId}
              small
              disabled={write.isPending}
              onClick={() => write.mutate({ method: 'POST', path: 'comparisons', body: { beforeRunId, afterRunId } })}
            >
              Compare {nameOf({ ...of })}
            </Button>
          ))}
        </div>
      ) : null}
      {mayWork && pairs.length === 0 ? (
        <p className={styles.soft}>Run a collector once more after the change, and both can be compared here.</p>
      ) : null}
      <Problem error={write.error} />
    </>
  )
}

const CHANGES = { changed: 'Changed', added: 'New', removed: 'Gone' } as const

function Compared({ comparison, name }: { readonly comparison: ComparisonView; readonly name: string }) {
  const { counts, lines, isCut, at, by } = comparison
  const all = counts.changed + counts.added + counts.removed
  return (
    <article className={styles.card}>
      <p className={styles.strong}>{name}</p>
      <p>{countsText(counts)}</p>
      <p className={styles.soft}>
        Compared by {by.name}, {fullTime(at)}
        {isCut ? '. Only the first rows of a long run were compared.' : ''}
      </p>
      {lines.length === 0 ? null : (
        <details className={styles.more}>
          <summary>
            What differs<span className="visually-hidden"> in {name}</span>
          </summary>
          <Lines lines={lines} name={name} />
          {all > lines.length ? <p className={styles.soft}>And {all - lines.length} more.</p> : null}
        </details>
      )}
    </article>
  )
}

function Lines({ lines, name }: { readonly lines: ComparisonView['lines']; readonly name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={`What differs in ${name}`}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col">What</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ change, subject, before, after }) => (
            <tr key={`${change} ${subject}`}>
              <td>{CHANGES[change]}</td>
              <th scope="row">{subject}</th>
              <td>{before}</td>
              <td>{after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
