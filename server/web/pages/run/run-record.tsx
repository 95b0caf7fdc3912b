import type { Completeness, SourceRecord } from '@askfirst/protocol/completeness.ts'
import { bytesText } from '../../ui/words.tsx'
import styles from './run-page.module.css'
import { durationText, fieldTitle } from './words.ts'

const SOURCE_STATES: Readonly<Record<SourceRecord['state'], string>> = {
  ok: 'read',
  missing: 'not there',
  denied: 'not allowed',
  failed: 'failed',
  timeout: 'timed out',
  killed: 'stopped',
  cut: 'cut',
}

/** The completeness record that the device made at the end. */
export function RunRecord({ record }: { readonly record: Completeness }) {
  const took = Date.parse(record.endedAt) - Date.parse(record.startedAt)
  const facts: readonly (readonly [string, string])[] = [
    ['Took', durationText(took)],
    ['Processor time', durationText(record.cpuMs)],
    ['Sent', `${bytesText(record.compressedBytes)} in ${record.chunks.toLocaleString('en')} pieces`],
    ['Left out as not valid', record.invalidRows.toLocaleString('en')],
    ['Texts cut', record.cutFields.toLocaleString('en')],
    ['Dropped by the person', record.droppedInReview.toLocaleString('en')],
    ...Object.entries(record.redactions).map(
      ([kind, count]) => [`Replaced: ${fieldTitle(kind)}`, count.toLocaleString('en')] as const,
    ),
    ...(record.code === undefined ? [] : ([['Code', record.code]] as const)),
  ]
  return (
    <details className={styles.record}>
      <summary>How it was read</summary>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {record.sources.length === 0 ? null : (
        <ul className={styles.sources}>
          {record.sources.map(({ source, state, detail, exitCode }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the record never changes, and a source may stand in it twice.
            <li key={at}>
              <code>{source}</code> <strong>{SOURCE_STATES[state]}</strong>
              {exitCode === undefined ? null : `, exit code ${exitCode}`}
              {detail === undefined ? null : `: ${detail}`}
            </li>
          ))}
        </ul>
      )}
    </details>
  )
}
