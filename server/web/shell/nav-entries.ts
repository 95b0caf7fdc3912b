import type { LucideIcon } from 'lucide-react'
import { Inbox, Monitor, ShieldCheck } from 'lucide-react'

interface NavEntry {
  readonly path: string
  readonly label: string
  readonly icon: LucideIcon
  /** Shown to those who may; absent: to all. */
  readonly permission?: string
}

/** The main menu, in order. */
export const NAV: readonly NavEntry[] = [
  { path: '/', label: 'Queue', icon: Inbox, permission: 'ticket.read' },
  { path: '/devices', label: 'Devices', icon: Monitor, permission: 'device.read' },
  { path: '/admin', label: 'Admin', icon: ShieldCheck, permission: 'audit.read' },
]
