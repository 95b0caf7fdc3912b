import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import type { ApiTokenView } from '../../api/account.ts'
import { apiGet, apiSend } from '../../api/client.ts'
import { ROLES } from '../../api/desk.ts'
import { useSession } from '../../api/session.ts'
import type { Page } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from '../desk.module.css'

const TOKENS = ['account', 'tokens'] as const

/** One's own API tokens. */
export function Tokens() {
  const queries = useQueryClient()
  const { data, error, isPending } = useQuery({
    queryKey: TOKENS,
    queryFn: ({ signal }) => apiGet<Page<ApiTokenView>>('/api/tokens', {}, signal),
  })
  const [toDelete, setToDelete] = useState<ApiTokenView | null>(null)
  const changed = () => queries.invalidateQueries({ queryKey: TOKENS })
  const columns: readonly Column<ApiTokenView>[] = [
    { head: 'Name', cell: ({ name }) => <span className={styles.name}>{name}</span> },
    { head: 'At most as', cell: ({ role }) => role },
    { head: 'Expires', cell: ({ expiresAt }) => (expiresAt === null ? 'Never' : <Ago at={expiresAt} />) },
    { head: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'Never' : <Ago at={lastUsedAt} />) },
    {
      head: 'Action',
      cell: (token) => (
        <Button small look="danger" onClick={() => setToDelete(token)} aria-label={`Delete the token ${token.name}`}>
          Delete
        </Button>
      ),
    },
  ]
  return (
    <section className={styles.card} aria-labelledby="tokens-heading">
      <h2 id="tokens-heading">API tokens</h2>
      <p className={styles.soft}>For scripts that act as you. A token never may do more than you may yourself.</p>
      <Problem error={error} />
      {isPending ? <Loading /> : null}
      {data === undefined || data.items.length === 0 ? null : (
        <DataTable label="Your API tokens" columns={columns} rows={data.items} keyOf={({ id }) => id} />
      )}
      <NewToken onMade={changed} />
      <ConfirmDialog
        open={toDelete !== null}
        onClose={() => setToDelete(null)}
        title="Delete this token?"
        action="Delete"
        onConfirm={async () => {
          await apiSend('DELETE', `/api/tokens/${toDelete?.id}`)
          await changed()
        }}
      >
        <p>Scripts that use “{toDelete?.name}” stop working at once.</p>
      </ConfirmDialog>
    </section>
  )
}

function NewToken({ onMade }: { readonly onMade: () => Promise<void> }) {
  const { role } = useSession()
  const make = useMutation({
    mutationFn: (body: object) => apiSend<{ secret: string }>('POST', '/api/tokens', body),
    onSuccess: onMade,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const element = event.currentTarget
    const form = new FormData(element)
    const days = Number(form.get('days'))
    make.mutate(
      { name: form.get('name'), role: form.get('role'), days: days === 0 ? null : days },
      { onSuccess: () => element.reset() },
    )
  }
  return (
    <>
      {make.data === undefined ? null : (
        <Notice tone="good">
          <p>The token is shown only now. Put it where the script finds it.</p>
          <CopyText text={make.data.secret} label="the token" />
        </Notice>
      )}
      <Problem error={make.error} />
      <form className={styles.filters} onSubmit={submit}>
        <TextField label="Name of the token" name="name" maxLength={200} required />
        <SelectField label="May do at most what a … may" name="role" defaultValue={role}>
          {ROLES.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </SelectField>
        <SelectField label="Expires after" name="days" defaultValue="90">
          <option value="7">7 days</option>
          <option value="30">30 days</option>
          <option value="90">90 days</option>
          <option value="365">a year</option>
          <option value="0">never</option>
        </SelectField>
        <Button type="submit" disabled={make.isPending}>
          Make a token
        </Button>
      </form>
    </>
  )
}
