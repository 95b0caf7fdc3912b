import { FileText } from 'lucide-react'
import { useEscalations } from '../../api/clock.ts'
import type { TicketView } from '../../api/types.ts'
import { DropDown } from '../../ui/drop-down.tsx'
import styles from './report-menu.module.css'

interface EditionChoice {
  readonly edition: string
  readonly name: string
  readonly hint: string
}

const ALWAYS: readonly EditionChoice[] = [
  { edition: 'internal', name: 'For the desk', hint: 'With notes and all names' },
  { edition: 'customer', name: 'For the person', hint: 'Without what the desk keeps to itself' },
]
const HANDOVER: EditionChoice = {
  edition: 'handover',
  name: 'For the hand-over',
  hint: 'For who takes it over: how far it came and what is open',
}
const POSTMORTEM: EditionChoice = {
  edition: 'postmortem',
  name: 'For the post-mortem',
  hint: 'How long it took, why it was, and what is to be different',
}

/** The ticket as a report for people: the editions that it has something for, each to read at once or as a file. */
export function ReportMenu({ ticket }: { readonly ticket: TicketView }) {
  const { data } = useEscalations(ticket.id)
  const label = (
    <>
      <FileText aria-hidden="true" size={16} />
      Report
    </>
  )
  return (
    <DropDown label={label} fromStart>
      <ul className={styles.editions}>
        {editionsOf(ticket, (data ?? []).length > 0).map(({ edition, name, hint }) => (
          <li key={edition}>
            <span className={styles.name}>{name}</span>
            <span className={styles.hint}>{hint}</span>
            <span className={styles.links}>
              <a href={reportOf(ticket.id, edition, 'html')} target="_blank" rel="noopener">
                Open<span className="visually-hidden"> the report {name.toLowerCase()} in a new tab</span>
              </a>
              <a href={reportOf(ticket.id, edition, 'pdf')} download>
                PDF<span className="visually-hidden"> of the report {name.toLowerCase()}</span>
              </a>
            </span>
          </li>
        ))}
      </ul>
    </DropDown>
  )
}

/** The server holds to the same: what it would refuse is not offered. */
function editionsOf({ state, priority }: TicketView, isEscalated: boolean): readonly EditionChoice[] {
  const isOver = state === 'resolved' || state === 'closed'
  return [
    ...ALWAYS,
    ...(isEscalated ? [HANDOVER] : []),
    ...(isOver && (isEscalated || priority === 1) ? [POSTMORTEM] : []),
  ]
}

function reportOf(ticketId: string, edition: string, format: string): string {
  return `/api/tickets/${ticketId}/report?edition=${edition}&format=${format}`
}
