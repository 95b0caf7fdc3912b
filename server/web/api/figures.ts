import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'

export interface TimesTaken {
  readonly count: number
  readonly medianMs: number | null
  readonly p90Ms: number | null
}
export interface TimesByPriority {
  readonly all: TimesTaken
  readonly byPriority: readonly (TimesTaken & { readonly priority: number })[]
}
export interface Share {
  readonly count: number
  readonly of: number
}
export type FigureName =
  | 'open'
  | 'flow'
  | 'first-response'
  | 'resolution'
  | 'first-contact'
  | 'reopened'
  | 'escalated'
  | 'consent'
  | 'satisfaction'
  | 'causes'
  | 'prevention'

/** How the desk did in a period. */
export interface FiguresView {
  readonly from: string
  readonly to: string
  readonly howCounted: Readonly<Record<FigureName, { readonly title: string; readonly counted: string }>>
  readonly open: readonly {
    readonly priority: number
    readonly level: number
    readonly count: number
  }[]
  readonly flow: readonly {
    readonly day: string
    readonly opened: number
    readonly resolved: number
  }[]
  readonly firstResponse: TimesByPriority
  readonly unanswered: number
  readonly resolution: TimesByPriority
  readonly firstContact: Share
  readonly reopened: Share
  readonly escalated: Share
  readonly escalations: readonly {
    readonly name: string
    readonly count: number
  }[]
  readonly consent: readonly {
    readonly answer: string
    readonly count: number
  }[]
  readonly satisfaction: readonly { readonly choice: 'good' | 'ok' | 'bad'; readonly count: number }[]
  readonly causes: readonly {
    readonly rule: string
    readonly title: string
    readonly tickets: number
  }[]
  readonly prevention: Share
}

/** First and last day, both included, as 2026-11-28. */
export interface Days {
  readonly from: string
  readonly to: string
}

export function useFigures(days: Days) {
  return useQuery({
    queryKey: ['figures', days],
    queryFn: ({ signal }) => apiGet<FiguresView>('/api/figures', { ...days }, signal),
    // The figures of the period before stay until the new ones are there: nothing jumps.
    placeholderData: (before) => before,
  })
}

/** Address of the figures as CSV: one of them, or all. */
export function figuresFile(days: Days, figure?: FigureName): string {
  return `/api/figures.csv?${new URLSearchParams({ ...days, ...(figure === undefined ? {} : { figure }) }).toString()}`
}
