import { Download } from 'lucide-react'
import { useState } from 'react'
import { useParams } from 'wouter'
import { attachmentsKey } from '../../api/attachments.ts'
import { requestsKey } from '../../api/consent.ts'
import { findingsKey } from '../../api/findings.ts'
import { useLiveQuery } from '../../api/live.ts'
import { logKey } from '../../api/log.ts'
import { mailsKey } from '../../api/mails.ts'
import { methodKey } from '../../api/method.ts'
import { ApiProblem } from '../../api/problem.ts'
import { useMay } from '../../api/session.ts'
import { ticketKey, useTicket } from '../../api/tickets.ts'
import type { TicketView } from '../../api/types.ts'
import { runsKey } from '../../api/use-runs.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { buttonClass } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { StepPanel } from '../method/step-panel.tsx'
import { useOpenStep } from '../method/use-open-step.ts'
import { AskDialog } from './ask-dialog.tsx'
import type { AskDraft } from './ask-draft.ts'
import { AskedPerson } from './asked-person.tsx'
import { DEVICE_SIDE, DeviceSide } from './device-side.tsx'
import { Findings } from './findings.tsx'
import { LooksLike } from './looks-like.tsx'
import { ReportMenu } from './report-menu.tsx'
import { Story } from './story.tsx'
import styles from './ticket.module.css'
import { TicketFacts } from './ticket-facts.tsx'
import type { Proposal } from './write-box.tsx'

/** Rows come in many a second; their counts are read at most so often. */
const ROWS_GATHER_MS = 500

/** One ticket: left its facts and steps, in the middle what was found and what happened, right the device. */
export function Ticket() {
  const { id = '' } = useParams<{ id: string }>()
  const { data: ticket, error, isPending } = useTicket(id)
  const topic = ticket === undefined ? null : `ticket/${id}`
  useLiveQuery(topic, ticketKey(id), ['ticket'])
  useLiveQuery(topic, logKey(id), ['log'])
  useLiveQuery(topic, attachmentsKey(id), ['attachment'])
  useLiveQuery(topic, mailsKey(id), ['mail', 'message', 'ticket'])
  useLiveQuery(topic, requestsKey(id), ['request'])
  useLiveQuery(topic, runsKey(id), ['run', 'rows'], ROWS_GATHER_MS)
  useLiveQuery(topic, findingsKey(id), ['finding'])
  useLiveQuery(topic, methodKey(id), ['method', 'finding', 'ticket', 'run'])
  if (isPending) return <Loading what="Reading the ticket" />
  if (ticket === undefined) return <NoTicket error={error} />
  return <Workbench key={id} ticket={ticket} error={error} />
}

function NoTicket({ error }: { readonly error: unknown }) {
  const isUnknown = error instanceof ApiProblem && (error.status === 404 || error.status === 400)
  return (
    <>
      <PageTitle title="Ticket" />
      {isUnknown ? (
        <Empty title="There is no such ticket">
          <a href="/">To the queue</a>
        </Empty>
      ) : (
        <Problem error={error} />
      )}
    </>
  )
}

function Workbench({ ticket, error }: { readonly ticket: TicketView; readonly error: unknown }) {
  const [draft, setDraft] = useState<AskDraft | null>(null)
  const opened = useOpenStep(ticket)
  const [proposal, setProposal] = useState<Proposal | null>(null)
  const mayExport = useMay('export.read')
  return (
    <>
      <PageTitle title={`#${ticket.number} ${ticket.title}`}>
        {mayExport ? (
          <>
            <ReportMenu ticket={ticket} />
            <a className={buttonClass({ small: true })} href={`/api/tickets/${ticket.id}/export`} download>
              <Download aria-hidden="true" size={16} />
              Export
            </a>
          </>
        ) : null}
      </PageTitle>
      <Problem error={error} />
      <div className={styles.columns}>
        <TicketFacts ticket={ticket} opened={opened} />
        <div className={styles.centre}>
          <a className={styles.jump} href={`#${DEVICE_SIDE}`}>
            To the device and the permission
          </a>
          <StepPanel ticket={ticket} opened={opened} onAsk={setDraft} />
          <Findings ticket={ticket} onAsk={setDraft} onShare={(text) => setProposal({ text })} />
          <LooksLike ticket={ticket} />
          <AskedPerson ticket={ticket} />
          <Story ticket={ticket} proposal={proposal} />
        </div>
        <DeviceSide ticket={ticket} onAsk={setDraft} />
      </div>
      {draft === null ? null : <AskDialog ticket={ticket} draft={draft} onClose={() => setDraft(null)} />}
    </>
  )
}
