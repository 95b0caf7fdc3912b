import { FileText } from 'lucide-react'
import type { MouseEvent } from 'react'
import { useSession } from '../../api/session.ts'
import { useSettings } from '../../api/settings.ts'
import type { TicketView } from '../../api/types.ts'
import { DropDown } from '../../ui/drop-down.tsx'
import styles from './template-menu.module.css'
import { filledTemplate, withTemplate } from './template-text.ts'

/** Characters of a message. */
const MAX_MESSAGE = 4_000

/** Texts of the organisation that can be put into a message; nothing where there are none. */
export function TemplateMenu({
  ticket,
  draft,
  onChange,
}: {
  readonly ticket: TicketView
  readonly draft: string
  readonly onChange: (draft: string) => void
}) {
  const { user } = useSession()
  const templates = useSettings().data?.messageTemplates ?? []
  if (templates.length === 0) return null
  const values = { requester: ticket.requesterName, number: String(ticket.number), technician: user.name }
  /** Into the draft, where it can be changed before anything is sent. */
  function choose(text: string, { currentTarget }: MouseEvent<HTMLButtonElement>) {
    onChange(withTemplate(draft, filledTemplate(text, values)).slice(0, MAX_MESSAGE))
    currentTarget.form?.querySelector('textarea')?.focus()
  }
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
            <button type="button" className={styles.choice} onClick={(event) => choose(text, event)}>
              {title}
            </button>
          </li>
        ))}
      </ul>
    </DropDown>
  )
}
