import { FileText } from 'lucide-react'
import { useSession } from '../../api/session.ts'
import { useSettings } from '../../api/settings.ts'
import type { TicketView } from '../../api/types.ts'
import { DropDown } from '../../ui/drop-down.tsx'
import styles from './template-menu.module.css'
import { filledTemplate } from './template-text.ts'

/** Texts of the organisation that can be put into a message; nothing where there are none. */
export function TemplateMenu({
  ticket,
  onChoose,
}: {
  readonly ticket: TicketView
  readonly onChoose: (text: string) => void
}) {
  const { user } = useSession()
  const templates = useSettings().data?.messageTemplates ?? []
  if (templates.length === 0) return null
  const values = { requester: ticket.requesterName, number: String(ticket.number), technician: user.name }
  const label = (
    <>
      <FileText aria-hidden="true" size={16} />
      Insert a template
    </>
  )
  return (
    <DropDown label={label} fromStart>
      <ul className={styles.list}>
        {templates.map(({ title, text }) => (
          <li key={title}>
            <button type="button" className={styles.choice} onClick={() => onChoose(filledTemplate(text, values))}>
              {title}
            </button>
          </li>
        ))}
      </ul>
    </DropDown>
  )
}
