import { FileText } from 'lucide-react'
import { DropDown } from '../../ui/drop-down.tsx'
import styles from './report-menu.module.css'

const EDITIONS = [
  { edition: 'internal', name: 'For the desk', hint: 'With notes and all names' },
  { edition: 'customer', name: 'For the person', hint: 'Without what the desk keeps to itself' },
] as const

/** The ticket as a report for people: two editions, each to read at once or as a file. */
export function ReportMenu({ ticketId }: { readonly ticketId: string }) {
  const label = (
    <>
      <FileText aria-hidden="true" size={16} />
      Report
    </>
  )
  return (
    <DropDown label={label} fromStart>
      <ul className={styles.editions}>
        {EDITIONS.map(({ edition, name, hint }) => (
          <li key={edition}>
            <span className={styles.name}>{name}</span>
            <span className={styles.hint}>{hint}</span>
            <span className={styles.links}>
              <a href={reportOf(ticketId, edition, 'html')} target="_blank" rel="noopener">
                Open<span className="visually-hidden"> the report {name.toLowerCase()} in a new tab</span>
              </a>
              <a href={reportOf(ticketId, edition, 'pdf')} download>
                PDF<span className="visually-hidden"> of the report {name.toLowerCase()}</span>
              </a>
            </span>
          </li>
        ))}
      </ul>
    </DropDown>
  )
}

function reportOf(ticketId: string, edition: string, format: string): string {
  return `/api/tickets/${ticketId}/report?edition=${edition}&format=${format}`
}
