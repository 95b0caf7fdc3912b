import type { ErasureOutcome } from '../../api/person-data.ts'
import { Notice } from '../../ui/notice.tsx'

/** What an erasure did, and what it left. */
export function ErasedNotice({ outcome: { counts, left } }: { readonly outcome: ErasureOutcome }) {
  return (
    <Notice tone={left.length === 0 ? 'good' : 'warn'}>
      <p>
        Erased in {counts.tickets === 1 ? '1 ticket' : `${counts.tickets} tickets`}: the words of {counts.entries} log
        entries, {counts.files} files, {counts.rows} rows and {counts.mails} mails.
      </p>
      {left.length === 0 ? null : (
        <p>
          Left, because they were opened again or put on hold meanwhile: {left.map((number) => `#${number}`).join(', ')}
          . Erase again when they are closed.
        </p>
      )}
      <p>Backups that were made before still hold it.</p>
    </Notice>
  )
}
