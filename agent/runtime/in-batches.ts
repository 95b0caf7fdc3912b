/** Maps in order with at most `size` at work at once; what gives null is left out. Stops early when `signal` aborts. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  options: { readonly size: number; readonly signal: AbortSignal },
  work: (item: Item) => Promise<Result | null>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let at = 0; at < items.length && !options.signal.aborted; at += options.size) {
    const batch = await Promise.all(items.slice(at, at + options.size).map(work))
    for (const result of batch) if (result !== null) results.push(result)
  }
  return results
}
