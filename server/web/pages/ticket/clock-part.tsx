import type { TargetView } from '../../api/clock.ts'
import { useClock } from '../../api/clock.ts'
import type { TicketView } from '../../api/types.ts'
import type { Tone } from '../../ui/badge.tsx'
import { Badge } from '../../ui/badge.tsx'
import { fullTime } from '../../ui/time.tsx'
import { lengthText } from '../../ui/words.tsx'
import styles from './clock-part.module.css'

/** What is promised about the ticket's time, and how much of it is left. */
export function ClockPart({ ticket }: { readonly ticket: TicketView }) {
  const { data } = useClock(ticket.id)
  if (data === undefined || data.targets.length === 0) return null
  return (
    <section className={styles.clock} aria-label="Clock">
      <h2 className={styles.heading}>Clock</h2>
      <dl className={styles.list}>
        {data.targets.map((target) => (
          <div className={styles.target} key={target.target}>
            <dt>{target.target === 'level' ? `Time at level ${data.level}` : NAMES[target.target]}</dt>
            <dd>
              <Badge tone={toneOf(target, data.at)}>{standText(target)}</Badge>
              <span className={styles.detail}>{detailOf(target, ticket)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const NAMES: Readonly<Record<TargetView['target'], string>> = {
  response: 'First answer',
  update: 'Next update',
  level: 'Time at this level',
  resolution: 'Solution',
}

function toneOf({ state, leftMs, warnAt }: TargetView, at: string): Tone {
  if (state === 'missed') return 'bad'
  if (state === 'met') return 'good'
  if (state === 'paused') return 'plain'
  if (leftMs !== null && leftMs < 0) return 'bad'
  return warnAt !== null && warnAt <= at ? 'warn' : 'plain'
}

function standText({ state, leftMs }: TargetView): string {
  if (state === 'met') return 'in time'
  if (state === 'missed') return 'too late'
  const left = leftMs ?? 0
  const length = lengthText(Math.abs(left))
  if (left < 0) return `over for ${length}`
  return state === 'paused' ? `paused, ${length} left` : `${length} left`
}

function detailOf({ target, state, dueAt, minutes }: TargetView, ticket: TicketView): string {
  const promised = `of ${lengthText(minutes * 60_000)}`
  if (state === 'paused' && target === 'level' && ticket.assigneeId === null)
    return `${promised}; nobody has the ticket`
  if (state === 'paused') return `${promised}; the ticket is ${ticket.state}`
  return dueAt === null ? promised : `${promised}; until ${fullTime(dueAt)}`
}
