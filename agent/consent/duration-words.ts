/** A time span in words, to the minute: `90 minutes` is `1 hour 30 minutes`. Less than a minute counts as one. */
export function durationInWords(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000))
  const parts = [
    [Math.floor(minutes / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(' ')
}
