import { useAsked } from '../api/offers.ts'
import { Badge } from '../ui/badge.tsx'

/** How many tickets wait for the word of whoever is signed in; nothing when none does. */
export function AskedOfMe() {
  const { data } = useAsked()
  const count = data === undefined ? 0 : data.offers.length + data.escalations.length
  if (count === 0) return null
  return (
    <Badge tone="warn">
      {count}
      <span className="visually-hidden"> waiting for you</span>
    </Badge>
  )
}
