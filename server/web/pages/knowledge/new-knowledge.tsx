import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useSearch } from 'wouter'
import { apiGet, apiSend } from '../../api/client.ts'
import type { KnowledgeContent, KnowledgeView } from '../../api/knowledge.ts'
import { KNOWLEDGE, similarKey } from '../../api/knowledge.ts'
import { useMay } from '../../api/session.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import desk from '../desk.module.css'
import type { WrittenKnowledge } from './knowledge-form.tsx'
import { KnowledgeForm } from './knowledge-form.tsx'

const BLANK: KnowledgeContent = { title: '', symptoms: '', rules: [], cause: '', fix: '', prevention: '' }

/** A new entry: blank, or with what a ticket already says. */
export function NewKnowledge() {
  const ticketId = new URLSearchParams(useSearch()).get('ticket')
  const mayWrite = useMay('ticket.work')
  const { data, error, isPending } = useQuery({
    queryKey: [...KNOWLEDGE, 'draft', ticketId],
    queryFn: ({ signal }) =>
      ticketId === null
        ? Promise.resolve(BLANK)
        : apiGet<KnowledgeContent>(`/api/tickets/${encodeURIComponent(ticketId)}/knowledge-draft`, {}, signal),
    enabled: mayWrite,
    // What is being edited is not read again.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return (
    <>
      <PageTitle title="New known problem" />
      {mayWrite ? null : <Empty title="There is nothing here for you">Technicians write up what they learned.</Empty>}
      <div className={desk.stack}>
        <Problem error={error} />
        {mayWrite && isPending ? <Loading what="Reading the ticket" /> : null}
        {data === undefined ? null : <Writing content={data} ticketId={ticketId} />}
      </div>
    </>
  )
}

function Writing({ content, ticketId }: { readonly content: KnowledgeContent; readonly ticketId: string | null }) {
  const [, go] = useLocation()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (written: WrittenKnowledge) =>
      apiSend<KnowledgeView>('POST', '/api/knowledge', { ...written, ...(ticketId === null ? {} : { ticketId }) }),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: KNOWLEDGE, refetchType: 'none' })
      if (ticketId !== null) await queries.invalidateQueries({ queryKey: similarKey(ticketId) })
      go(`/knowledge/${id}`)
    },
  })
  return (
    <>
      <Problem error={save.error} />
      <KnowledgeForm
        content={content}
        isBusy={save.isPending}
        onSave={(written) => save.mutate(written)}
        onCancel={() => go(ticketId === null ? '/knowledge' : `/tickets/${ticketId}`)}
      />
    </>
  )
}
