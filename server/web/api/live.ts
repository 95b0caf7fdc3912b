import type { QueryKey } from '@tanstack/react-query'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { LiveEvent, LiveState } from './live-socket.ts'
import { LiveSocket } from './live-socket.ts'

/** The one live connection of this page. */
export const live = new LiveSocket()

/** Calls `listener` for each event of a topic; `null` follows nothing. */
export function useLive(topic: string | null, listener: (event: LiveEvent) => void): void {
  const newest = useRef(listener)
  newest.current = listener
  useEffect(() => {
    if (topic === null) return
    return live.follow(topic, (event) => newest.current(event))
  }, [topic])
}

/** Reads a query anew when something happens on a topic; events within `gatherMs` cost one read. */
export function useLiveQuery(
  topic: string | null,
  queryKey: QueryKey,
  kinds?: readonly string[],
  gatherMs = 150,
): void {
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useLive(topic, ({ kind }) => {
    if (kind !== 'caught-up' && kinds !== undefined && !kinds.includes(kind)) return
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void queries.invalidateQueries({ queryKey })
    }, gatherMs)
  })
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (changed) => live.watch(changed),
    () => live.state,
  )
}
