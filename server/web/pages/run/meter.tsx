import styles from './run-page.module.css'

/** A share as a bar with its number beside it. */
export function Meter(props: {
  /** 0 to 100. */
  readonly percent: number
  readonly text: string
  readonly tone?: 'warn' | 'bad'
}) {
  const width = `${Math.min(100, Math.max(0, props.percent))}%`
  return (
    <span className={styles.barCell}>
      <span className={styles.track} data-tone={props.tone} aria-hidden="true">
        <span style={{ width }} />
      </span>
      <span>{props.text}</span>
    </span>
  )
}
