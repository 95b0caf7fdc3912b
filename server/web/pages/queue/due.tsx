import type { QueuedDueView } from '../../api/tickets.ts'
import type { Tone } from '../../ui/badge.tsx'
import { Badge } from '../../ui/badge.tsx'
import { TARGET_WORDS } from '../../ui/clock-words.ts'
import { fullTime } from '../../ui/time.tsx'
import { lengthText } from '../../ui/words.tsx'

/** How much is left of the time that is over first; nothing while there is plenty. */
export function Due({ due }: { readonly due: QueuedDueView | null }) {
  if (due === null || !due.isWarned) return null
  const { leftMs, target, dueAt } = due
  const length = lengthText(Math.abs(leftMs))
  const tone: Tone = leftMs < 0 ? 'bad' : 'warn'
  return (
    <time dateTime={dueAt} title={`The time for ${TARGET_WORDS[target]}: ${fullTime(dueAt)}`}>
      <Badge tone={tone}>{leftMs < 0 ? `Over for ${length}` : `${length} left`}</Badge>
    </time>
  )
}
