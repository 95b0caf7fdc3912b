import { useState } from 'react'

/**
 * The items in the order in which they were shown first, for as long as somebody points at them: a row that is about to
 * be clicked stays where it is. `later` counts those that came meanwhile.
 */
export function useSteadyOrder<Item extends { readonly id: string }>(
  items: readonly Item[],
  isHeld: boolean,
): { readonly shown: readonly Item[]; readonly later: number } {
  const [held, setHeld] = useState<readonly string[] | null>(null)
  if (!isHeld && held !== null) setHeld(null)
  if (isHeld && held === null) setHeld(items.map(({ id }) => id))
  if (!isHeld || held === null) return { shown: items, later: 0 }
  const byId = new Map(items.map((item) => [item.id, item]))
  const known = new Set(held)
  return {
    shown: held.flatMap((id) => byId.get(id) ?? []),
    later: items.filter(({ id }) => !known.has(id)).length,
  }
}
