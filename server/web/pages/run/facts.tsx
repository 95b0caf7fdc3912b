import type { ReactNode } from 'react'
import styles from './cards.module.css'

export type Fact = readonly [name: string, value: ReactNode]

/** Names with their values; what has no value is left out. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  const known = facts.filter(([, value]) => value !== '' && value !== null && value !== undefined && value !== false)
  if (known.length === 0) return null
  return (
    <dl className={styles.facts}>
      {known.map(([name, value], at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a device may give a name twice, and the list does not change in place.
        <div key={at}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
