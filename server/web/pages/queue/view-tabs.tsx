import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { BookmarkPlus, Trash2 } from 'lucide-react'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { Link } from 'wouter'
import { apiGet, apiSend } from '../../api/client.ts'
import type { SavedViewView } from '../../api/tickets.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { BUILT_IN_VIEWS } from './filter.ts'
import styles from './view-tabs.module.css'

interface Views {
  readonly views: readonly SavedViewView[]
}

const VIEWS_KEY = ['views'] as const
/** As many as the server keeps for a person. */
const MAX_VIEWS = 30

/** The views of the queue: those that everybody has, and one's own, kept on the server. */
export function ViewTabs({ current }: { readonly current: string }) {
  const queries = useQueryClient()
  const [isNaming, setNaming] = useState(false)
  const { data } = useQuery({
    queryKey: VIEWS_KEY,
    queryFn: ({ signal }) => apiGet<Views>('/api/me/views', {}, signal),
    staleTime: 60_000,
  })
  const own = data?.views ?? []
  const save = useMutation({
    mutationFn: (views: readonly SavedViewView[]) => apiSend<Views>('PUT', '/api/me/views', { views }),
    onSuccess: (answer) => {
      queries.setQueryData(VIEWS_KEY, answer)
      setNaming(false)
    },
  })
  const shown = own.find(({ query }) => query === current)
  const isKnown = shown !== undefined || BUILT_IN_VIEWS.some(({ query }) => query === current)
  return (
    <nav className={styles.tabs} aria-label="Views">
      {[...BUILT_IN_VIEWS, ...own].map(({ name, query }) => (
        <Link
          key={`${name} ${query}`}
          className={styles.tab ?? ''}
          href={query === '' ? '/' : `/?${query}`}
          {...(query === current ? { 'aria-current': 'page' as const } : {})}
        >
          {name}
        </Link>
      ))}
      {isKnown || own.length >= MAX_VIEWS ? null : (
        <Button small look="quiet" onClick={() => setNaming(true)}>
          <BookmarkPlus aria-hidden="true" size={16} />
          Save this view
        </Button>
      )}
      {shown === undefined ? null : (
        <Button small look="quiet" onClick={() => save.mutate(own.filter((view) => view !== shown))}>
          <Trash2 aria-hidden="true" size={16} />
          Forget this view
        </Button>
      )}
      <NameDialog
        open={isNaming}
        error={save.error}
        onClose={() => setNaming(false)}
        onName={(name) => save.mutate([...own, { name, query: current }])}
      />
    </nav>
  )
}

function NameDialog({
  open,
  error,
  onClose,
  onName,
}: {
  readonly open: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onName: (name: string) => void
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name')).trim()
    if (name !== '') onName(name)
  }
  return (
    <Dialog open={open} onClose={onClose} title="Save this view">
      <form className={styles.form} onSubmit={submit}>
        <Problem error={error} />
        <TextField label="Name" name="name" hint="Only you see it, on every computer." maxLength={60} required />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Save view
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
