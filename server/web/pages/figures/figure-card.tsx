import type { ReactNode } from 'react'
import type { Days, FigureName, FiguresView } from '../../api/figures.ts'
import { figuresFile } from '../../api/figures.ts'
import styles from './figures.module.css'

/** One figure with what it means and its file. */
export function FigureCard({
  figures,
  name,
  days,
  wide = false,
  children,
}: {
  readonly figures: FiguresView
  readonly name: FigureName
  readonly days: Days
  readonly wide?: boolean
  readonly children: ReactNode
}) {
  const { title, counted } = figures.howCounted[name]
  return (
    <section className={styles.card} data-wide={wide} aria-labelledby={`figure-${name}`}>
      <h2 id={`figure-${name}`}>{title}</h2>
      <div className={styles.content}>{children}</div>
      <div className={styles.foot}>
        <details>
          <summary aria-label={`How is this counted: ${title}`}>How is this counted?</summary>
          <p>{counted}</p>
        </details>
        <a href={figuresFile(days, name)} aria-label={`CSV: ${title}`} download>
          CSV
        </a>
      </div>
    </section>
  )
}

/** The one number that a figure comes down to, and what stands behind it. */
export function Headline({ value, children }: { readonly value: string; readonly children: ReactNode }) {
  return (
    <p className={styles.headline}>
      <strong>{value}</strong> <span>{children}</span>
    </p>
  )
}
