import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { apiGet } from '../../api/client.ts'
import { useLive, useLiveQuery } from '../../api/live.ts'
import type { RowFilter, RowItem, RowOrder, RowsAnswer, RunView } from '../../api/runs.ts'
import { rowsPath } from '../../api/runs.ts'
import { RemoteRows } from '../../grid/remote-rows.ts'

/** Characters of a cell that are ever on screen. */
const CUT = 300
const REFRESH_MS = 1_000
/** More rows than any collector yields of what is shown as a whole. */
const MOST_LOADED = 20_000

export function useRun(ticketId: string, runId: string) {
  const key = ['run', runId] as const
  useLiveQuery(`ticket/${ticketId}`, key, ['run', 'rows'], 400)
  return useQuery({ queryKey: key, queryFn: ({ signal }) => apiGet<RunView>(`/api/runs/${runId}`, undefined, signal) })
}

/** Calls back when rows of a run came, with how many there are; at most once every `gatherMs`. */
export function useNewRows(run: RunView, gatherMs: number, onRows: (total: number) => void): void {
  const newest = useRef(onRows)
  newest.current = onRows
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; total: number }>({
    timer: undefined,
    total: 0,
  })
  useEffect(() => () => clearTimeout(waiting.current.timer), [])
  useLive(`ticket/${run.ticketId}`, ({ kind, id, seq }) => {
    const isOfRun = id === run.id && (kind === 'rows' || kind === 'run')
    if (!isOfRun && kind !== 'caught-up') return
    const state = waiting.current
    state.total = Math.max(state.total, seq ?? 0)
    state.timer ??= setTimeout(() => {
      state.timer = undefined
      newest.current(state.total)
    }, gatherMs)
  })
}

/** The rows of a run for a grid, under a filter and in an order; grows while the run does. */
export function useRemoteRows(run: RunView, filter: RowFilter, order: RowOrder): RemoteRows {
  const { id } = run
  const text = JSON.stringify([filter, order])
  const list = useMemo(() => {
    const [rowFilter, rowOrder] = JSON.parse(text) as [RowFilter, RowOrder] // What was written one line above.
    return new RemoteRows((offset, limit, signal) =>
      apiGet<RowsAnswer>(
        rowsPath(id, '', { ...rowFilter, ...rowOrder }, { offset, limit, cut: CUT }),
        undefined,
        signal,
      ),
    )
  }, [id, text])
  useEffect(() => () => list.close(), [list])
  const isPlain = order.sort === 'n' && order.order === 'asc' && Object.values(filter).every(isUnset)
  useNewRows(run, isPlain ? 200 : REFRESH_MS, (total) => list.grow(isPlain && total > 0 ? total : null))
  return list
}

export function isUnset(value: string | readonly string[] | undefined): boolean {
  return value === undefined || value.length === 0
}

interface Loaded {
  readonly rows: readonly RowItem[]
  readonly isDone: boolean
  readonly error: unknown
}

const NOTHING: Loaded = { rows: [], isDone: false, error: null }

/** All rows of a run that is shown as a whole; goes on while the run grows. */
export function useAllRows(run: RunView): Loaded {
  const [loaded, setLoaded] = useState<Loaded>(NOTHING)
  const [turn, setTurn] = useState(0)
  const from = useRef(-1)
  const { id } = run
  useNewRows(run, 400, () => setTurn((before) => before + 1))
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn reads on from where the last one ended.
  useEffect(() => {
    const stop = new AbortController()
    readOn(id, from.current, stop.signal, ({ items, isDone }) => {
      from.current = items.at(-1)?.n ?? from.current
      setLoaded(({ rows }) => ({ rows: items.length === 0 ? rows : [...rows, ...items], isDone, error: null }))
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) setLoaded((before) => ({ ...before, isDone: true, error }))
    })
    return () => stop.abort()
  }, [id, turn])
  return loaded
}

/** Reads pages after a row until there are no more. */
async function readOn(
  id: string,
  from: number,
  signal: AbortSignal,
  onPage: (page: { readonly items: readonly RowItem[]; readonly isDone: boolean }) => void,
): Promise<void> {
  for (let [after, isDone] = [from, false]; !isDone; ) {
    const path = rowsPath(id, '', {}, { limit: 500, ...(after < 0 ? {} : { after }) })
    const { items, next } = await apiGet<RowsAnswer>(path, undefined, signal)
    if (signal.aborted) return
    after = items.at(-1)?.n ?? after
    isDone = next === null || after >= MOST_LOADED
    onPage({ items, isDone })
  }
}
