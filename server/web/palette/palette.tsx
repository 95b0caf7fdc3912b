import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import type { KeyboardEvent } from 'react'
import { useEffect, useId, useState } from 'react'
import { useLocation } from 'wouter'
import { apiGet } from '../api/client.ts'
import type { FoundView } from '../api/search.ts'
import { useSession } from '../api/session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/notice.tsx'
import { useDelayed } from '../ui/use-delayed.ts'
import type { PaletteChoice } from './choices.ts'
import { actionsFor, choicesOf } from './choices.ts'
import styles from './palette.module.css'

/** Search everywhere: a button in the head of every page, and Ctrl K or Cmd K. */
export function Palette() {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    const pressed = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      setOpen((was) => !was)
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
  return (
    <>
      <button type="button" className={styles.open} onClick={() => setOpen(true)}>
        <Search aria-hidden="true" size={16} />
        <span>Search</span>
        <kbd className={styles.hint}>Ctrl K</kbd>
      </button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title="Search everywhere">
        <Content onClose={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function Content({ onClose }: { readonly onClose: () => void }) {
  const id = useId()
  const [, go] = useLocation()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const { choices, error, isSearching } = useChoices(typed)
  const current = choices[Math.min(at, choices.length - 1)]
  const choose = (choice: PaletteChoice | undefined) => {
    if (choice === undefined) return
    onClose()
    go(choice.href)
  }
  const pressed = (event: KeyboardEvent) => {
    const to = nextPlace(event.key, Math.min(at, choices.length - 1), choices.length)
    if (to !== null) setAt(to)
    else if (event.key === 'Enter') choose(current)
    else return
    event.preventDefault()
  }
  return (
    <div className={styles.content}>
      <input
        className={styles.input}
        role="combobox"
        aria-label="Search tickets, devices, findings, known problems and people"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(current === undefined ? {} : { 'aria-activedescendant': `${id}-${choices.indexOf(current)}` })}
        placeholder="Number, words, a device, a person …"
        maxLength={200}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value)
          setAt(0)
        }}
        onKeyDown={pressed}
      />
      <Problem error={error} />
      <Choices id={id} choices={choices} current={current} onChoose={choose} />
      <p className={styles.status} role="status">
        {choices.length === 0 && !isSearching ? 'Nothing has all of these words.' : null}
      </p>
    </div>
  )
}

function useChoices(typed: string) {
  const { permissions } = useSession()
  const q = useDelayed(typed.trim(), 150)
  const { data, error } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => apiGet<FoundView>('/api/search', { q }, signal),
    enabled: q !== '',
  })
  // Never what an earlier text found: Enter would open it.
  const isSettled = q === typed.trim()
  const found = q === '' || !isSettled || data === undefined ? [] : choicesOf(data)
  const choices = [...found, ...actionsFor(typed.trim(), permissions)]
  return { choices, error, isSearching: !isSettled || (q !== '' && data === undefined && error === null) }
}

function nextPlace(key: string, at: number, count: number): number | null {
  if (count === 0) return null
  if (key === 'ArrowDown') return (at + 1) % count
  if (key === 'ArrowUp') return (at - 1 + count) % count
  return null
}

function Choices({
  id,
  choices,
  current,
  onChoose,
}: {
  readonly id: string
  readonly choices: readonly PaletteChoice[]
  readonly current: PaletteChoice | undefined
  readonly onChoose: (choice: PaletteChoice) => void
}) {
  const groups = [...new Set(choices.map(({ group }) => group))]
  return (
    <div className={styles.list} id={`${id}-list`} role="listbox" aria-label="Found">
      {groups.map((group) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox has groups of options, and no fieldset.
        <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
          <div className={styles.group} id={`${id}-${group}`}>
            {group}
          </div>
          {choices
            .filter((choice) => choice.group === group)
            .map((choice) => (
              <Option
                key={choice.id}
                id={`${id}-${choices.indexOf(choice)}`}
                choice={choice}
                isCurrent={choice === current}
                onChoose={onChoose}
              />
            ))}
        </div>
      ))}
    </div>
  )
}

function Option({
  id,
  choice,
  isCurrent,
  onChoose,
}: {
  readonly id: string
  readonly choice: PaletteChoice
  readonly isCurrent: boolean
  readonly onChoose: (choice: PaletteChoice) => void
}) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text; aria-activedescendant names the option.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled where the focus is, in the text.
    <div
      className={styles.option}
      id={id}
      role="option"
      aria-selected={isCurrent}
      ref={(element) => (isCurrent ? element?.scrollIntoView({ block: 'nearest' }) : undefined)}
      onClick={() => onChoose(choice)}
    >
      <span className={styles.text}>{choice.text}</span>
      <span className={styles.detail}>{choice.detail}</span>
    </div>
  )
}
