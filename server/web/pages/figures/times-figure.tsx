import type { ReactNode } from 'react'
import type { TimesByPriority } from '../../api/figures.ts'
import { priorityWord } from '../../ui/words.tsx'
import desk from '../desk.module.css'
import { BarTable } from './bar-table.tsx'
import { Headline } from './figure-card.tsx'
import { NONE, shortLength } from './figure-words.ts'

/** Median and p90 by priority: the whole bar is the p90, its first part the median. */
export function TimesFigure({
  times,
  label,
  children,
}: {
  readonly times: TimesByPriority
  readonly label: string
  readonly children?: ReactNode
}) {
  const { all, byPriority } = times
  const longest = Math.max(1, ...byPriority.map(({ p90Ms }) => p90Ms ?? 0))
  return (
    <>
      <Headline value={shortLength(all.medianMs)}>
        {all.medianMs === null
          ? 'Nothing to measure yet.'
          : `for half of them; nine of ten within ${shortLength(all.p90Ms)}`}
      </Headline>
      {byPriority.length === 0 ? null : (
        <BarTable
          label={label}
          nameHead="Priority"
          heads={[{ head: 'Median', tone: 'one' }, { head: 'p90', tone: 'two' }, { head: 'Tickets' }]}
          rows={byPriority.map(({ priority, count, medianMs, p90Ms }) => ({
            key: String(priority),
            name: priorityWord(priority),
            parts: [
              { share: (medianMs ?? 0) / longest, tone: 'one' },
              {
                share: ((p90Ms ?? 0) - (medianMs ?? 0)) / longest,
                tone: 'two',
              },
            ],
            cells: [shortLength(medianMs), shortLength(p90Ms), count === 0 ? NONE : String(count)],
          }))}
        />
      )}
      {children === null || children === undefined ? null : <p className={desk.soft}>{children}</p>}
    </>
  )
}
