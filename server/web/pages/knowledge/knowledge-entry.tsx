import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'wouter'
import { apiGet, apiSend } from '../../api/client.ts'
import type { KnowledgeContent, KnowledgeState, KnowledgeVersionView, KnowledgeView } from '../../api/knowledge.ts'
import { KNOWLEDGE, knowledgeKey, useKnowledge } from '../../api/knowledge.ts'
import { useMay } from '../../api/session.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { fullTime } from '../../ui/time.tsx'
import desk from '../desk.module.css'
import styles from './knowledge.module.css'
import { KnowledgeForm } from './knowledge-form.tsx'
import { KNOWLEDGE_PARTS, KnowledgeStateBadge, knowledgeStateWord } from './knowledge-words.tsx'

/** One known problem: read, edited, published, with all its versions. */
export function KnowledgeEntry() {
  const { id = '' } = useParams<{ id: string }>()
  const { data: entry, error, isPending } = useKnowledge(id)
  if (isPending) return <Loading what="Reading the entry" />
  if (entry === undefined)
    return (
      <>
        <PageTitle title="Known problem" />
        <Problem error={error} />
      </>
    )
  return <Entry key={id} entry={entry} />
}

function Entry({ entry }: { readonly entry: KnowledgeView }) {
  const [isEditing, setEditing] = useState(false)
  const mayWrite = useMay('ticket.work')
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (wish: Partial<KnowledgeContent> & { readonly state: KnowledgeState }) =>
      apiSend<KnowledgeView>('PATCH', `/api/knowledge/${entry.id}`, { ...wish, version: entry.version }),
    onSuccess: async (changed) => {
      queries.setQueryData(knowledgeKey(entry.id), changed)
      setEditing(false)
      await queries.invalidateQueries({ queryKey: KNOWLEDGE })
    },
  })
  return (
    <>
      <PageTitle title={`K${entry.number} ${entry.title}`}>
        {mayWrite && !isEditing ? (
          <Button small onClick={() => setEditing(true)}>
            Edit
          </Button>
        ) : null}
      </PageTitle>
      <div className={desk.stack}>
        <Problem error={change.error} />
        {isEditing ? (
          <KnowledgeForm
            content={entry}
            isBusy={change.isPending}
            onSave={(written) => change.mutate(written)}
            onCancel={() => setEditing(false)}
          />
        ) : (
          <Reading entry={entry} mayWrite={mayWrite} onState={(state) => change.mutate({ state })} />
        )}
        <History id={entry.id} version={entry.version} />
      </div>
    </>
  )
}

function Reading({
  entry,
  mayWrite,
  onState,
}: {
  readonly entry: KnowledgeView
  readonly mayWrite: boolean
  readonly onState: (state: KnowledgeState) => void
}) {
  return (
    <article className={desk.card}>
      <div className={desk.between}>
        <p className={desk.row}>
          <KnowledgeStateBadge state={entry.state} />
          {entry.ticketId === null ? null : (
            <Link href={`/tickets/${entry.ticketId}`}>From ticket #{entry.ticketNumber}</Link>
          )}
        </p>
        {mayWrite ? (
          <div className={desk.row}>
            {entry.state === 'published' ? (
              <Button small onClick={() => onState('retired')}>
                Retire
              </Button>
            ) : (
              <Button small look="primary" onClick={() => onState('published')}>
                Publish
              </Button>
            )}
          </div>
        ) : null}
      </div>
      <Parts content={entry} />
    </article>
  )
}

function Parts({ content }: { readonly content: KnowledgeContent }) {
  return (
    <>
      {KNOWLEDGE_PARTS.map(({ field, label }) => (
        <section key={field}>
          <h2 className={styles.part}>{label}</h2>
          <p className={content[field] === '' ? desk.soft : styles.text}>
            {content[field] || 'Nothing is written down.'}
          </p>
        </section>
      ))}
      <section>
        <h2 className={styles.part}>Rules that point to it</h2>
        <p className={desk.soft}>{content.rules.length === 0 ? 'None.' : content.rules.join(', ')}</p>
      </section>
    </>
  )
}

function History({ id, version }: { readonly id: string; readonly version: number }) {
  const [isOpen, setOpen] = useState(false)
  const { data, error } = useQuery({
    queryKey: [...knowledgeKey(id), 'history', version],
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly KnowledgeVersionView[] }>(`/api/knowledge/${id}/history`, {}, signal),
    enabled: isOpen,
  })
  return (
    <details className={desk.card} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Versions</summary>
      <Problem error={error} />
      <ul className={desk.plain}>
        {data?.items.map((each) => (
          <li key={each.version}>
            <details>
              <summary>
                Version {each.version}, {knowledgeStateWord(each.state).toLowerCase()}, by {each.by.name},{' '}
                {fullTime(each.at)}
              </summary>
              <p className={desk.name}>{each.title}</p>
              {KNOWLEDGE_PARTS.map(({ field, label }) => (
                <p key={field} className={styles.text}>
                  {label}: {each[field] || 'nothing'}
                </p>
              ))}
            </details>
          </li>
        ))}
      </ul>
    </details>
  )
}
