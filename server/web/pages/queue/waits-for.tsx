import type { ActivityView } from '../../api/tickets.ts'
import { Badge } from '../../ui/badge.tsx'
import { fullTime, shortTime, useNow } from '../../ui/time.tsx'
import { counted, lengthText, severityTone, severityWord } from '../../ui/words.tsx'
import styles from './waits-for.module.css'

/** What a ticket waits for at this moment, and what was found so far: a few short marks. */
export function WaitsFor({ activity }: { readonly activity: ActivityView | null }) {
  const now = useNow(15_000)
  if (activity === null) return null
  const { asked, allowedUntil, openRuns, appointment, findings } = activity
  const isAsked = asked !== null && Date.parse(asked.answerBy) > now
  const leftMs = allowedUntil === null ? 0 : Date.parse(allowedUntil) - now
  const found = findings.open + findings.confirmed
  return (
    <span className={styles.marks}>
      {isAsked ? (
        <Badge tone="warn">{asked.state === 'asked' ? 'Waits for the device' : 'Waits for the person'}</Badge>
      ) : null}
      {openRuns > 0 ? <Badge tone="accent">Collecting ({openRuns})</Badge> : null}
      {allowedUntil !== null && leftMs > 0 ? (
        <span title={`Until ${fullTime(allowedUntil)}`}>
          <Badge tone="good">Allowed, {lengthText(leftMs)} left</Badge>
        </span>
      ) : null}
      {appointment !== null && Date.parse(appointment.until) > now ? (
        <span title={`Appointment: ${fullTime(appointment.from)} to ${fullTime(appointment.until)}`}>
          <Badge>Appointment {shortTime(appointment.from)}</Badge>
        </span>
      ) : null}
      {found > 0 && findings.worst !== null ? (
        <Badge tone={severityTone(findings.worst)}>
          {counted(found, 'finding')}, {severityWord(findings.worst).toLowerCase()}
        </Badge>
      ) : null}
    </span>
  )
}
