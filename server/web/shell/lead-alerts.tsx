import { useLead } from '../api/lead.ts'
import { Badge } from '../ui/badge.tsx'

/** How many things wait for the leads; nothing when none does. */
export function LeadAlerts() {
  const alerts = useLead().data?.alerts ?? 0
  if (alerts === 0) return null
  return (
    <Badge tone="warn">
      {alerts}
      <span className="visually-hidden"> waiting for leads</span>
    </Badge>
  )
}
