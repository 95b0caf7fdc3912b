import type { ReactNode } from 'react'
import { useEffect } from 'react'
import styles from './page-title.module.css'

/** The heading of a page with its actions; also the title of the browser's tab. */
export function PageTitle({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} - AskFirst`
  }, [title])
  return (
    <div className={styles.head}>
      <h1 className={styles.title}>{title}</h1>
      {children === undefined ? null : <div className={styles.actions}>{children}</div>}
    </div>
  )
}
