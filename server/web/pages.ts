import type { ComponentType } from 'react'
import { lazy } from 'react'

/** A page behind the sign-in. The server answers exactly these addresses with the page (server/routes/web.ts). */
interface PageEntry {
  /** Pattern of wouter. */
  readonly path: string
  readonly Page: ComponentType
}

/** The complete list of pages. Each is a file of its own that is loaded when it is opened. */
export const PAGES: readonly PageEntry[] = [
  {
    path: '/account',
    Page: lazy(() => import('./pages/account/account.tsx').then(({ Account }) => ({ default: Account }))),
  },
  { path: '/admin/*?', Page: lazy(() => import('./pages/admin/admin.tsx').then(({ Admin }) => ({ default: Admin }))) },
  {
    path: '/devices/:id',
    Page: lazy(() => import('./pages/devices/device.tsx').then(({ DevicePage }) => ({ default: DevicePage }))),
  },
  { path: '/', Page: lazy(() => import('./pages/queue/queue.tsx').then(({ Queue }) => ({ default: Queue }))) },
  {
    path: '/tickets/:id/runs/:runId',
    Page: lazy(() => import('./pages/run/run-page.tsx').then(({ RunPage }) => ({ default: RunPage }))),
  },
  { path: '/tickets/:id', Page: lazy(() => import('./pages/ticket/ticket.tsx').then((m) => ({ default: m.Ticket }))) },
  { path: '/lead', Page: lazy(() => import('./pages/lead/lead.tsx').then((m) => ({ default: m.Lead }))) },
  { path: '/reports', Page: lazy(() => import('./pages/reports/reports.tsx').then((m) => ({ default: m.Reports }))) },
  {
    path: '/knowledge',
    Page: lazy(() => import('./pages/knowledge/knowledge-list.tsx').then((m) => ({ default: m.KnowledgeList }))),
  },
  {
    path: '/knowledge/new',
    Page: lazy(() => import('./pages/knowledge/new-knowledge.tsx').then((m) => ({ default: m.NewKnowledge }))),
  },
  {
    path: '/knowledge/:id',
    Page: lazy(() => import('./pages/knowledge/knowledge-entry.tsx').then((m) => ({ default: m.KnowledgeEntry }))),
  },
  { path: '/figures', Page: lazy(() => import('./pages/figures/figures.tsx').then((m) => ({ default: m.Figures }))) },
  { path: '/devices', Page: lazy(() => import('./pages/devices/devices.tsx').then((m) => ({ default: m.Devices }))) },
]
