import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { apiGet } from '../../api/client.ts'
import type { KnowledgeView } from '../../api/knowledge.ts'
import { KNOWLEDGE } from '../../api/knowledge.ts'
import { useMay } from '../../api/session.ts'
import type { Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { useDelayed } from '../../ui/use-delayed.ts'
import desk from '../desk.module.css'
import styles from './knowledge.module.css'
import { KnowledgeStateBadge } from './knowledge-words.tsx'

const PAGE = 50
const TYPING_MS = 250

/** Problems that the desk knows: search, list, and a way to write one. */
export function KnowledgeList() {
  const [typed, setTyped] = useState('')
  const [state, setState] = useState('')
  const q = useDelayed(typed.trim(), TYPING_MS)
  const mayWrite = useMay('ticket.work')
  return (
    <>
      <PageTitle title="Known problems">
        {mayWrite ? (
          <Link href="/knowledge/new" className={buttonClass({ look: 'primary', small: true })}>
            New entry
          </Link>
        ) : null}
      </PageTitle>
      <div className={desk.stack}>
        <div className={desk.filters}>
          <TextField
            label="Search"
            type="search"
            maxLength={200}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
          <SelectField label="State" value={state} onChange={({ target }) => setState(target.value)}>
            <option value="">All</option>
            <option value="published">Published</option>
            <option value="draft">Drafts</option>
            <option value="retired">Retired</option>
          </SelectField>
        </div>
        <Found q={q} state={state} />
      </div>
    </>
  )
}

function Found({ q, state }: { readonly q: string; readonly state: string }) {
  const list = useInfiniteQuery({
    queryKey: [...KNOWLEDGE, 'list', q, state],
    queryFn: ({ pageParam, signal }) =>
      apiGet<Page<KnowledgeView>>(
        '/api/knowledge',
        { q: q || undefined, state: state || undefined, limit: PAGE, after: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: (before) => before,
  })
  const entries = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <Problem error={list.error} />
      {list.isPending ? <Loading what="Reading what is known" /> : null}
      {list.data !== undefined && entries.length === 0 ? (
        <p className={desk.soft}>
          {q === '' && state === ''
            ? 'Nothing is written up yet. Open a resolved ticket and choose “Write up as known problem”.'
            : 'No entry has all of these words.'}
        </p>
      ) : null}
      <ul className={styles.list}>
        {entries.map((entry) => (
          <li key={entry.id} className={desk.card}>
            <div className={desk.between}>
              <h2>
                <Link href={`/knowledge/${entry.id}`}>
                  K{entry.number} {entry.title}
                </Link>
              </h2>
              <KnowledgeStateBadge state={entry.state} />
            </div>
            <p className={styles.short}>{entry.symptoms === '' ? 'No symptoms are written down.' : entry.symptoms}</p>
            <p className={desk.soft}>
              Changed <Ago at={entry.updatedAt} />
              {entry.ticketNumber === null ? null : `, from ticket #${entry.ticketNumber}`}
            </p>
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <div>
          <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </>
  )
}
