import { Search } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import styles from './run-page.module.css'
import type { RunQuery } from './run-page.tsx'

const TYPING_MS = 250

/** Words that must all occur; the rows follow while a person types. */
export function SearchField({
  query,
  label = 'Search in the rows',
}: {
  readonly query: RunQuery
  readonly label?: string
}) {
  const id = useId()
  const stored = query.filter.q ?? ''
  const [text, setText] = useState(stored)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => setText(stored), [stored])
  useEffect(() => () => clearTimeout(timer.current), [])
  const type = (typed: string) => {
    setText(typed)
    clearTimeout(timer.current)
    timer.current = setTimeout(
      () => query.change({ q: typed.trim() === '' ? null : typed.slice(0, 200), around: null }),
      TYPING_MS,
    )
  }
  return (
    <div className={styles.search}>
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <Search aria-hidden="true" size={16} />
      <input id={id} type="search" placeholder={label} value={text} onChange={({ target }) => type(target.value)} />
    </div>
  )
}

/** A moment in the browser's own time zone, to the second. */
export function TimeField(props: {
  readonly label: string
  readonly at: string | undefined
  readonly onChange: (at: string | null) => void
}) {
  const id = useId()
  const change = (local: string) => {
    const time = new Date(local)
    if (local === '') props.onChange(null)
    else if (!Number.isNaN(time.getTime())) props.onChange(time.toISOString())
  }
  return (
    <div className={styles.inline}>
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="datetime-local"
        step={1}
        value={localText(props.at)}
        onChange={({ target }) => change(target.value)}
      />
    </div>
  )
}

function localText(at: string | undefined): string {
  if (at === undefined) return ''
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) return ''
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
