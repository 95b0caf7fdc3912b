import type { LucideIcon } from 'lucide-react'
import { BookOpen, ChartColumn, Gauge, Inbox, Monitor, ShieldAlert, ShieldCheck } from 'lucide-react'
import type { ComponentType } from 'react'
import { AskedOfMe } from './asked-of-me.tsx'
import { LeadAlerts } from './lead-alerts.tsx'
import { OpenReports } from './open-reports.tsx'

interface NavEntry {
  readonly path: string
  readonly label: string
  readonly icon: LucideIcon
  /** Shown to those who may; absent: to all. */
  readonly permission?: string
  /** What waits there; absent: nothing is counted. */
  readonly Badge?: ComponentType
}

/** The main menu, in order. */
export const NAV: readonly NavEntry[] = [
  { path: '/', label: 'Queue', icon: Inbox, permission: 'ticket.read', Badge: AskedOfMe },
  { path: '/knowledge', label: 'Knowledge', icon: BookOpen, permission: 'ticket.read' },
  { path: '/devices', label: 'Devices', icon: Monitor, permission: 'device.read' },
  { path: '/lead', label: 'Lead view', icon: Gauge, permission: 'lead.read', Badge: LeadAlerts },
  { path: '/reports', label: 'Reports', icon: ShieldAlert, permission: 'report.read', Badge: OpenReports },
  { path: '/figures', label: 'Figures', icon: ChartColumn, permission: 'figures.read' },
  { path: '/admin', label: 'Admin', icon: ShieldCheck, permission: 'audit.read' },
]
