import type { FormEvent } from 'react'
import type { Days } from '../../api/figures.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import styles from './figures.module.css'

const DAY_MS = 86_400_000
const LENGTHS = [
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 365, label: 'A year' },
] as const

/** So many days in UTC, today the last of them. */
export function lastDays(days: number): Days {
  const today = Date.now()
  return { from: dayOf(today - (days - 1) * DAY_MS), to: dayOf(today) }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** Which days the figures are about. */
export function PeriodChoice({ days, onDays }: { readonly days: Days; readonly onDays: (days: Days) => void }) {
  function choose(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    onDays({ from: String(form.get('from')), to: String(form.get('to')) })
  }
  return (
    <div className={styles.period}>
      <fieldset className={styles.lengths}>
        <legend>Period</legend>
        {LENGTHS.map(({ days: length, label }) => {
          const last = lastDays(length)
          return (
            <Button
              key={length}
              small
              aria-pressed={last.from === days.from && last.to === days.to}
              onClick={() => onDays(last)}
            >
              {label}
            </Button>
          )
        })}
      </fieldset>
      <form key={`${days.from} ${days.to}`} className={styles.days} onSubmit={choose}>
        <TextField label="From" name="from" type="date" required defaultValue={days.from} />
        <TextField label="To" name="to" type="date" required defaultValue={days.to} />
        <Button type="submit">Show</Button>
      </form>
    </div>
  )
}
