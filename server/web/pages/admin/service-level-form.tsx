import { useState } from 'react'
import type { ServiceLevelView } from '../../api/desk.ts'
import { TextArea, TextField } from '../../ui/field.tsx'
import styles from '../desk.module.css'
import { datesOf, hoursOf, hoursText } from './calendar-text.ts'
import { RuleFields } from './rule-fields.tsx'
import { SettingCard } from './setting-card.tsx'
import { TargetFields } from './target-fields.tsx'

/** What the desk promises about time, when it works, and what follows when a time is over. */
export function ServiceLevelForm({ saved }: { readonly saved: ServiceLevelView }) {
  const [level, setLevel] = useState(saved)
  const [hours, setHours] = useState(() => hoursText(saved.calendar.hours))
  const [holidays, setHolidays] = useState(() => saved.calendar.holidays.join('\n'))
  const read = hoursOf(hours)
  const calendar = (part: Partial<ServiceLevelView['calendar']>) =>
    setLevel((before) => ({ ...before, calendar: { ...before.calendar, ...part } }))
  return (
    <SettingCard
      title="Times and escalation"
      about="What the desk promises, counted in the hours in which it works. Open tickets follow a change within a minute."
      action="Save times and rules"
      isBlocked={read.problem !== null}
      read={() => ({
        serviceLevel: {
          ...level,
          calendar: { ...level.calendar, hours: read.problem === null ? read.hours : [], holidays: datesOf(holidays) },
        },
      })}
    >
      <h3>Hours of the desk</h3>
      <TextField
        label="Time zone"
        hint="As the IANA names it, for example Europe/Berlin."
        value={level.calendar.timeZone}
        onChange={({ target }) => calendar({ timeZone: target.value })}
        maxLength={64}
        required
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={level.calendar.alwaysOpen}
          onChange={({ target }) => calendar({ alwaysOpen: target.checked })}
        />
        <span>
          Always open
          <span className={styles.sub}>Every minute counts; the hours below do not matter then.</span>
        </span>
      </label>
      <TextArea
        label="Hours of the week"
        hint="A line for each day, for example: Mon 08:00-12:00, 13:00-17:00"
        problem={read.problem}
        rows={7}
        value={hours}
        onChange={({ target }) => setHours(target.value)}
      />
      <TextArea
        label="Holidays"
        hint="A date on each line, for example 2026-12-25."
        rows={4}
        value={holidays}
        onChange={({ target }) => setHolidays(target.value)}
      />
      <TargetFields level={level} onChange={setLevel} />
      <RuleFields rules={level.rules} onChange={(rules) => setLevel({ ...level, rules })} />
    </SettingCard>
  )
}
