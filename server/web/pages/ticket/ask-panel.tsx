import { ShieldQuestion } from 'lucide-react'
import { canTake } from '../../api/people.ts'
import { usePlaybooks } from '../../api/playbooks.ts'
import { useMay, useSession } from '../../api/session.ts'
import type { DeviceDetailView, TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import type { AskDraft } from './ask-draft.ts'
import { DEFAULT_DURATION_MS } from './ask-draft.ts'
import styles from './ask-panel.module.css'

interface PanelProps {
  readonly ticket: TicketView
  readonly device: DeviceDetailView
  readonly onAsk: (draft: AskDraft) => void
}

/** "Ask for": the symptom first, single collectors behind. */
export function AskPanel({ ticket, device, onAsk }: PanelProps) {
  const mayAsk = useMay('consent.ask')
  const why = useObstacle(ticket, device)
  if (!mayAsk) return null
  return (
    <div className={styles.panel}>
      <h2>Ask for</h2>
      {why === null ? (
        <Playbooks ticket={ticket} device={device} onAsk={onAsk} />
      ) : (
        <p className={styles.soft}>{why}</p>
      )}
    </div>
  )
}

/** Why nobody can be asked now, in one sentence; null when the person can be. */
function useObstacle(ticket: TicketView, device: DeviceDetailView): string | null {
  const { user, role } = useSession()
  if (ticket.state === 'closed') return 'The ticket is closed; nobody is asked for it any more.'
  if (device.standing === 'quarantined') return 'The device must be approved first.'
  if (device.standing === 'revoked') return 'The device was shut out.'
  if (device.reportOnYou !== null) return 'Asking is not possible while the report about you is open.'
  if (ticket.assigneeId !== null && ticket.assigneeId !== user.id)
    return 'Somebody else works on this ticket. They can give it to you; what they were allowed then ends.'
  if (ticket.assigneeId === null && !canTake({ role, supportLevel: user.supportLevel }, ticket.level))
    return `The ticket is at level ${ticket.level}, and you take tickets up to level ${user.supportLevel}.`
  const isEmpty = device.catalogue === null || device.catalogue.length === 0
  return isEmpty ? 'The agent has not said yet what it can read. That comes when it connects.' : null
}

function Playbooks({ device, onAsk }: PanelProps) {
  const { data: playbooks, error } = usePlaybooks(device.id, device.catalogue?.length ?? 0)
  return (
    <>
      <Problem error={error} />
      <ul className={styles.list}>
        {playbooks?.map((playbook) => (
          <li key={playbook.id}>
            <button
              type="button"
              className={styles.playbook}
              title={playbook.collectors.map(({ why }) => why).join('\n')}
              onClick={() => onAsk({ deviceId: device.id, ...playbook })}
            >
              <span className={styles.title}>{playbook.title}</span>
              <span className={styles.shows}>{playbook.shows}</span>
            </button>
          </li>
        ))}
      </ul>
      <div>
        <Button
          onClick={() => onAsk({ deviceId: device.id, collectors: [], purpose: '', durationMs: DEFAULT_DURATION_MS })}
        >
          <ShieldQuestion aria-hidden="true" size={18} />
          Something else
        </Button>
      </div>
    </>
  )
}
