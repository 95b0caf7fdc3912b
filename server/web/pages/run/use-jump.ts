import { useEffect, useState } from 'react'
import { apiGet } from '../../api/client.ts'
import type { RowsAnswer, RunView } from '../../api/runs.ts'
import { rowsPath } from '../../api/runs.ts'
import type { RowList } from '../../grid/row-list.ts'
import type { RunQuery } from './run-page.tsx'

export interface Jump {
  /** The place that the grid goes to. */
  readonly place: { readonly place: number } | null
  /** Goes to a row by its number. */
  readonly to: (n: number) => void
  readonly problem: unknown
}

/** Brings a row on screen by its number: the one that the address names, and then whichever is asked for. */
export function useJump({
  run,
  query,
  list,
}: {
  readonly run: RunView
  readonly query: RunQuery
  readonly list: RowList
}): Jump {
  const first = query.around ?? query.evidence[0] ?? null
  const [target, setTarget] = useState<{ readonly n: number } | null>(null)
  const [place, setPlace] = useState<{ readonly place: number } | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const text = JSON.stringify({ ...query.filter, ...query.order })
  useEffect(() => {
    setTarget(first === null ? null : { n: first })
  }, [first])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list is another order, and so another place.
  useEffect(() => {
    if (target === null) return setPlace(null)
    const stop = new AbortController()
    const filter = JSON.parse(text) as RunQuery['filter'] & RunQuery['order'] // Written above.
    apiGet<RowsAnswer>(rowsPath(run.id, '', filter, { around: target.n, limit: 1, cut: 16 }), undefined, stop.signal)
      .then(({ items, offset }) => {
        setProblem(null)
        if (items[0]?.n === target.n) setPlace({ place: offset ?? 0 })
      })
      .catch((error: unknown) => (stop.signal.aborted ? undefined : setProblem(error)))
    return () => stop.abort()
  }, [run.id, text, target, list])
  return { place, to: (n) => setTarget({ n }), problem }
}
