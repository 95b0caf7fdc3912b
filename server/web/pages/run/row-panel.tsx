import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useEffect, useRef, useState } from 'react'
import { apiGet } from '../../api/client.ts'
import type { RowItem, RunView } from '../../api/runs.ts'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from './row-panel.module.css'
import { fieldTitle, valueText } from './words.ts'

/** One row with all that it holds: every field, and as it came. */
export function RowPanel(props: {
  readonly run: RunView
  readonly n: number
  readonly onClose: () => void
  readonly title?: (item: RowItem) => ReactNode
  readonly actions?: (item: RowItem) => ReactNode
}) {
  const { run, n, onClose } = props
  const { data, error, isPending } = useQuery({
    queryKey: ['row', run.id, n],
    queryFn: ({ signal }) => apiGet<RowItem>(`/api/runs/${run.id}/rows/${n}`, undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    placeholderData: (before) => before,
  })
  const [isRaw, setIsRaw] = useState(false)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    // Newer browsers answer with a promise, which an effect must not return.
    void panel.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <aside
      ref={panel}
      className={styles.panel}
      aria-label={`Row ${n + 1}`}
      onKeyDown={({ key }) => (key === 'Escape' ? onClose() : undefined)}
    >
      <div className={styles.head}>
        <h2>Row {(n + 1).toLocaleString('en')}</h2>
        <Button small look="quiet" aria-pressed={isRaw} onClick={() => setIsRaw(!isRaw)}>
          Raw JSON
        </Button>
        <Button small look="quiet" aria-label="Close" onClick={onClose}>
          <X aria-hidden="true" size={18} />
        </Button>
      </div>
      <Problem error={error} />
      {isPending ? <Loading /> : null}
      {data === undefined ? null : (
        <>
          {props.title?.(data)}
          {props.actions === undefined ? null : <div className={styles.actions}>{props.actions(data)}</div>}
          {isRaw ? <Raw item={data} /> : <Fields row={data.row} />}
        </>
      )}
    </aside>
  )
}

function Raw({ item }: { readonly item: RowItem }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <pre className={styles.raw} tabIndex={0}>
      {JSON.stringify(item.row, null, 2)}
    </pre>
  )
}

function Fields({ row }: { readonly row: RowItem['row'] }) {
  return (
    <dl className={styles.fields}>
      {Object.entries(row).map(([name, value]) => (
        <div key={name}>
          <dt>{fieldTitle(name)}</dt>
          <dd>{isPlainObject(value) ? <Members value={value} /> : valueText(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Members({ value }: { readonly value: object }) {
  return (
    <dl className={styles.members}>
      {Object.entries(value).map(([name, member]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{valueText(member)}</dd>
        </div>
      ))}
    </dl>
  )
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
