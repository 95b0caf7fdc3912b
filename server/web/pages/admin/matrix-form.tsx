import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { PriorityMatrixView, SettingsView } from '../../api/desk.ts'
import { SETTINGS_KEY } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { useDelayed } from '../../ui/use-delayed.ts'
import { counted, PRIORITY_NUMBERS, priorityWord } from '../../ui/words.tsx'
import styles from '../desk.module.css'
import type { MatrixProblemView } from './matrix-table.tsx'
import { MatrixTable } from './matrix-table.tsx'

/** What a matrix would do, as the server says. */
interface PreviewView {
  readonly problems: readonly MatrixProblemView[]
  readonly openTickets: number
  readonly changing: number
}

interface Save {
  readonly matrix: PriorityMatrixView
  readonly toOpenTickets: boolean
}

/** How long choosing may pause before the server is asked what it would do. */
const PAUSE_MS = 250
const PREVIEW_KEY = ['matrix-preview'] as const

/** The matrix that makes priorities of impact and urgency, and whether open tickets follow it. */
export function MatrixForm({ saved }: { readonly saved: PriorityMatrixView }) {
  const [matrix, setMatrix] = useState(saved)
  const [toOpenTickets, setToOpenTickets] = useState(false)
  const preview = usePreview(matrix)
  const problems = preview.data?.problems ?? []
  const save = useSave(() => setToOpenTickets(false))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    save.mutate({ matrix, toOpenTickets })
  }
  return (
    <section className={styles.card} aria-labelledby="matrix-heading">
      <h2 id="matrix-heading">Priority matrix</h2>
      <p className={styles.soft}>
        Gives each new ticket its priority ({PRIORITY_NUMBERS.map(priorityWord).join(', ')}). More impact or urgency
        must not make a ticket less urgent.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <MatrixTable matrix={matrix} problems={problems} onChange={setMatrix} />
        <Problem error={preview.error ?? save.error} />
        <p aria-live="polite">{preview.data === undefined ? '' : effectText(preview.data)}</p>
        <label className={styles.check}>
          <input type="checkbox" checked={toOpenTickets} onChange={({ target }) => setToOpenTickets(target.checked)} />
          <span>
            Apply to open tickets too
            <span className={styles.sub}>Each change stands in its ticket’s log. Overridden tickets keep theirs.</span>
          </span>
        </label>
        <div className={styles.row}>
          <Button type="submit" look="primary" disabled={save.isPending || problems.length > 0}>
            Save the matrix
          </Button>
          <span className={styles.soft} role="status">
            {save.data === undefined ? '' : savedText(save.data)}
          </span>
        </div>
      </form>
    </section>
  )
}

function usePreview(matrix: PriorityMatrixView) {
  const settled = useDelayed(matrix, PAUSE_MS)
  return useQuery({
    queryKey: [...PREVIEW_KEY, settled],
    queryFn: () => apiSend<PreviewView>('POST', '/api/settings/priority-matrix/preview', { priorityMatrix: settled }),
    placeholderData: keepPreviousData,
  })
}

/** Saves the matrix and, where the admin wants it, applies it; answers how many tickets changed, null when none was to. */
function useSave(onApplied: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ matrix, toOpenTickets }: Save): Promise<number | null> => {
      const change = { priorityMatrix: matrix }
      queries.setQueryData(SETTINGS_KEY, await apiSend<SettingsView>('PATCH', '/api/settings', change))
      if (!toOpenTickets) return null
      const applied = await apiSend<{ readonly changed: number }>('POST', '/api/settings/priority-matrix/apply', change)
      return applied.changed
    },
    onSuccess: onApplied,
    onSettled: () => queries.invalidateQueries({ queryKey: PREVIEW_KEY }),
  })
}

function effectText({ problems, openTickets, changing }: PreviewView): string {
  if (problems.length > 0) return 'Change the marked cells first; then the matrix can be saved.'
  if (openTickets === 0) return 'No ticket is open.'
  if (changing === 0) return 'No open ticket would get another priority.'
  return `Of ${counted(openTickets, 'open ticket')}, ${changing.toLocaleString('en')} would get another priority.`
}

function savedText(changed: number | null): string {
  return changed === null ? 'Saved.' : `Saved. ${counted(changed, 'ticket')} got another priority.`
}
