import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiGet, apiSend } from '../../api/client.ts'
import type { AuditEntry, AuditReport } from '../../api/desk.ts'
import type { Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Notice, Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { AUDIT_COLUMNS } from './audit-columns.tsx'

type Filter = Readonly<Record<'action' | 'actor' | 'subject' | 'from' | 'to', string | undefined>>
const NO_FILTER: Filter = { action: undefined, actor: undefined, subject: undefined, from: undefined, to: undefined }
const PAGE_SIZE = 100

/** The audit log, newest first, with filters and the check of its chain. */
export function Audit() {
  const [filter, setFilter] = useState(NO_FILTER)
  const list = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) =>
      apiGet<Page<AuditEntry>>(
        '/api/audit',
        { ...filter, order: 'newest', after: pageParam, limit: PAGE_SIZE },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const entries = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <PageTitle title="Audit log" />
      <div className={styles.stack}>
        <Verify />
        <Filters onFilter={setFilter} />
        <Problem error={list.error} />
        {list.isPending ? <Loading /> : null}
        {list.isSuccess && entries.length === 0 ? (
          <Empty title="No entry fits">Take something out of the filters above.</Empty>
        ) : null}
        {entries.length === 0 ? null : (
          <DataTable label="Audit log" columns={AUDIT_COLUMNS} rows={entries} keyOf={({ seq }) => String(seq)} />
        )}
        {list.hasNextPage ? (
          <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show older entries
          </Button>
        ) : null}
      </div>
    </>
  )
}

function Verify() {
  const verify = useMutation({ mutationFn: () => apiSend<AuditReport>('POST', '/api/audit/verify', {}) })
  const report = verify.data
  return (
    <section className={styles.card} aria-labelledby="chain-heading">
      <div className={styles.between}>
        <div>
          <h2 id="chain-heading">Chain</h2>
          <p className={styles.soft}>
            Each entry holds the hash of the one before it. A changed or missing entry breaks it.
          </p>
        </div>
        <Button disabled={verify.isPending} onClick={() => verify.mutate()}>
          {verify.isPending ? 'Verifying …' : 'Verify chain'}
        </Button>
      </div>
      <Problem error={verify.error} />
      {report?.ok === true ? (
        <Notice tone="good">
          All {report.entries} entries are as they were written. The last one’s hash is <code>{report.headHash}</code>.
        </Notice>
      ) : null}
      {report?.ok === false ? (
        <Notice tone="bad">
          The chain breaks at entry {report.firstWrong?.seq}: {report.firstWrong?.problem}. Somebody changed the store.
          Keep a copy of it before you do anything else.
        </Notice>
      ) : null}
    </section>
  )
}

function Filters({ onFilter }: { readonly onFilter: (filter: Filter) => void }) {
  const users = useQuery({
    queryKey: ['users', 'names'],
    queryFn: ({ signal }) => apiGet<Page<{ id: string; name: string }>>('/api/users', { limit: 500 }, signal),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string) => String(form.get(name) ?? '').trim() || undefined
    const instant = (name: string) => {
      const typed = text(name)
      return typed === undefined ? undefined : new Date(typed).toISOString()
    }
    onFilter({
      action: text('action'),
      actor: text('actor'),
      subject: text('subject'),
      from: instant('from'),
      to: instant('to'),
    })
  }
  return (
    <form className={styles.filters} aria-label="Filters" onSubmit={submit} onReset={() => onFilter(NO_FILTER)}>
      <TextField label="Action" name="action" placeholder="user.created" maxLength={64} autoComplete="off" />
      <SelectField label="Done by" name="actor" defaultValue="">
        <option value="">Anybody</option>
        <option value="cli">The command line</option>
        <option value="unknown">Unknown account</option>
        {users.data?.items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
      <TextField label="Done to (id)" name="subject" placeholder="dev_…" maxLength={64} autoComplete="off" />
      <TextField label="From" name="from" type="datetime-local" />
      <TextField label="Until" name="to" type="datetime-local" />
      <div className={styles.row}>
        <Button type="submit">Filter</Button>
        <Button type="reset" look="quiet">
          Clear
        </Button>
      </div>
    </form>
  )
}
