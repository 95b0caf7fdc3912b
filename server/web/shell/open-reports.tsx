import { useOpenReports } from '../api/reports.ts'
import { Badge } from '../ui/badge.tsx'

/** How many reports wait for a lead; nothing while none does. */
export function OpenReports() {
  const count = useOpenReports()
  if (count === null) return null
  return (
    <Badge tone="bad">
      {count}
      <span className="visually-hidden"> open</span>
    </Badge>
  )
}
