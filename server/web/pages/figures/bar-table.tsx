import type { ReactNode } from 'react'
import styles from './figures.module.css'

type BarTone = 'one' | 'two' | 'three'

interface BarRow {
  readonly key: string
  readonly name: ReactNode
  /** Parts of the bar, from its start, each 0 to 1 of its whole width. */
  readonly parts: readonly { readonly share: number; readonly tone: BarTone }[]
  readonly cells: readonly string[]
}

/** A table whose rows show a bar beside their numbers: the plot and the numbers behind it are one thing. */
export function BarTable({
  label,
  nameHead,
  heads,
  rows,
}: {
  readonly label: string
  readonly nameHead: string
  readonly heads: readonly { readonly head: string; readonly tone?: BarTone }[]
  readonly rows: readonly BarRow[]
}) {
  return (
    <table className={styles.bars} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{nameHead}</th>
          <td className={styles.bar} />
          {heads.map(({ head, tone }) => (
            <th key={head} scope="col" className={styles.number} data-tone={tone}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, parts, cells }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td className={styles.bar} aria-hidden="true">
              <span className={styles.track}>
                {parts.map(({ share, tone }) => (
                  <span
                    key={tone}
                    data-tone={tone}
                    style={{
                      width: `${Math.min(1, Math.max(0, share)) * 100}%`,
                    }}
                  />
                ))}
              </span>
            </td>
            {heads.map(({ head }, at) => (
              <td key={head} className={styles.number}>
                {cells[at]}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
