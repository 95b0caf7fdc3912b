import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { apiFile, apiSend } from '../../api/client.ts'
import type { ErasureOutcome, KeptOnPerson, KeptTicket, PersonKey } from '../../api/person-data.ts'
import { useMay } from '../../api/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Notice, Problem } from '../../ui/notice.tsx'
import { StateBadge } from '../../ui/words.tsx'
import styles from '../desk.module.css'
import { ErasePerson } from './erase-person.tsx'

/** What is kept on one person, and what can be done with it. */
export function KeptData({
  person,
  onErased,
}: {
  readonly person: readonly PersonKey[]
  readonly onErased: (outcome: ErasureOutcome) => void
}) {
  const kept = useQuery({
    queryKey: ['person-data', 'kept', person],
    queryFn: () => apiSend<KeptOnPerson>('POST', '/api/people/kept', { person }),
    // What is erased must be what was seen: it is read anew each time.
    gcTime: 0,
  })
  const [isErasing, setErasing] = useState(false)
  const mayErase = useMay('people.manage')
  const file = useMutation({
    mutationFn: async () => save(await apiFile('/api/people/export', { person })),
  })
  if (kept.isPending) return <Loading />
  if (kept.data === undefined) return <Problem error={kept.error} />
  const { tickets } = kept.data
  if (tickets.length === 0) return <Empty title="Nothing is kept">No ticket holds anything of this person.</Empty>
  const isBlocked = tickets.some(({ state, isHeld }) => state !== 'closed' || isHeld)
  return (
    <section className={styles.stack} aria-labelledby="kept-heading">
      <h2 id="kept-heading">What is kept</h2>
      <DataTable label="What is kept" columns={COLUMNS} rows={tickets} keyOf={({ id }) => id} />
      <Problem error={file.error} />
      {mayErase ? (
        <>
          {isBlocked ? (
            <Notice tone="warn">Before it can be erased, close the open tickets and end the legal holds.</Notice>
          ) : null}
          <div className={styles.row}>
            <Button disabled={file.isPending} onClick={() => file.mutate()}>
              {file.isPending ? 'Making the file …' : 'Download all of it'}
            </Button>
            <Button look="danger" disabled={isBlocked} onClick={() => setErasing(true)}>
              Erase …
            </Button>
          </div>
        </>
      ) : null}
      {isErasing ? (
        <ErasePerson
          person={person}
          kept={kept.data}
          onErased={onErased}
          onClose={() => {
            setErasing(false)
            void kept.refetch()
          }}
        />
      ) : null}
    </section>
  )
}

/** Hands a file to the browser as a download. */
function save(content: Blob): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = `person-${new Date().toISOString().slice(0, 10)}.zip`
  link.click()
  URL.revokeObjectURL(address)
}

const COLUMNS: readonly Column<KeptTicket>[] = [
  {
    head: 'Ticket',
    cell: ({ id, number, title, part }) => (
      <span className={styles.name}>
        <Link href={`/tickets/${id}`}>
          #{number} {title}
        </Link>
        {part === 'whole' ? null : <span className={styles.sub}>of somebody else; names this person</span>}
      </span>
    ),
  },
  {
    head: 'State',
    cell: ({ state, isHeld }) => (
      <span className={styles.row}>
        <StateBadge state={state} />
        {isHeld ? <Badge tone="warn">Legal hold</Badge> : null}
      </span>
    ),
  },
  { head: 'Log entries', cell: ({ holdings }) => holdings.entries },
  { head: 'Files', cell: ({ holdings }) => holdings.files },
  { head: 'Rows', cell: ({ holdings }) => holdings.rows },
  { head: 'Mails', cell: ({ holdings }) => holdings.mails },
]
