import type { FiguresView, Share } from '../../api/figures.ts'
import { counted } from '../../ui/words.tsx'
import { BarTable } from './bar-table.tsx'
import { Headline } from './figure-card.tsx'
import { percentText } from './figure-words.ts'

/** So many of so many tickets, in percent. */
export function ShareFigure({ share, of }: { readonly share: Share; readonly of: 'opened' | 'resolved' }) {
  return (
    <Headline value={percentText(share)}>
      {share.of === 0 ? `No ticket was ${of}.` : `${share.count} of ${counted(share.of, 'ticket')} ${of}`}
    </Headline>
  )
}

export function EscalatedFigure({ figures }: { readonly figures: FiguresView }) {
  const { escalated, escalations } = figures
  const most = Math.max(1, ...escalations.map(({ count }) => count))
  return (
    <>
      <ShareFigure share={escalated} of="opened" />
      {escalations.length === 0 ? null : (
        <BarTable
          label="Escalations by criterion"
          nameHead="Criterion"
          heads={[{ head: 'Count' }]}
          rows={escalations.map(({ name, count }) => ({
            key: name,
            name,
            parts: [{ share: count / most, tone: 'one' }],
            cells: [String(count)],
          }))}
        />
      )}
    </>
  )
}
