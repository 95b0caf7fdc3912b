/** "2 changed, 1 new, 0 gone, 40 the same". */
export function countsText(counts: unknown): string {
  const count = (name: string) => {
    const value: unknown = typeof counts === 'object' && counts !== null ? Reflect.get(counts, name) : 0
    return typeof value === 'number' ? value.toLocaleString('en') : '0'
  }
  return `${count('changed')} changed, ${count('added')} new, ${count('removed')} gone, ${count('same')} the same`
}
