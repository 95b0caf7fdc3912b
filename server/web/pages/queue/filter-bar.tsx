import { X } from 'lucide-react'
import type { RefObject } from 'react'
import { useEffect, useId, useRef, useState } from 'react'
import { useDevice } from '../../api/devices.ts'
import { canWork, usePeople } from '../../api/people.ts'
import { useSession } from '../../api/session.ts'
import { TICKET_STATES } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { priorityWord, stateWord } from '../../ui/words.tsx'
import type { QueueFilter } from './filter.ts'
import { ACTIVE_STATES } from './filter.ts'
import styles from './filter-bar.module.css'

type Change = (change: Partial<QueueFilter>) => void
type Choice = readonly [value: string, label: string]

/** How long the typing must rest before the server is asked. */
const TYPING_MS = 250
const MAX_SEARCH = 200

const SORTS: readonly Choice[] = [
  ['priority', 'Most urgent'],
  ['due', 'Due next'],
  ['updated', 'Last changed'],
  ['newest', 'Newest'],
  ['oldest', 'Oldest'],
]
const STATES: readonly Choice[] = [
  [ACTIVE_STATES, 'Not resolved'],
  ...TICKET_STATES.map((state): Choice => [state, stateWord(state)]),
  ['any', 'Any state'],
]
const PRIORITIES: readonly Choice[] = [
  ['', 'Any priority'],
  ['1,2', 'P1 and P2'],
  ...[1, 2, 3, 4, 5].map((priority): Choice => [String(priority), priorityWord(priority)]),
]
const LEVELS: readonly Choice[] = [
  ['', 'Any level'],
  ...[1, 2, 3].map((level): Choice => [String(level), `Level ${level}`]),
]

/** For those who are bound to levels; the server knows to which. */
const MY_LEVELS: Choice = ['mine', 'My level and below']

/** Search, filters and order of the queue. */
export function FilterBar({
  filter,
  onChange,
  searchRef,
}: {
  readonly filter: QueueFilter
  readonly onChange: Change
  readonly searchRef: RefObject<HTMLInputElement | null>
}) {
  const { user } = useSession()
  const [any, ...each] = LEVELS
  const levels = user.supportLevel === null || any === undefined ? LEVELS : [any, MY_LEVELS, ...each]
  return (
    <search className={styles.bar}>
      <SearchBox q={filter.q} onChange={onChange} searchRef={searchRef} />
      <Filter label="State" value={filter.state} choices={STATES} onChange={(state) => onChange({ state })} />
      <AssigneeFilter filter={filter} onChange={onChange} />
      <Filter
        label="Priority"
        value={filter.priority}
        choices={PRIORITIES}
        onChange={(priority) => onChange({ priority })}
      />
      <Filter label="Level" value={filter.level} choices={levels} onChange={(level) => onChange({ level })} />
      <Filter label="Order" value={filter.sort} choices={SORTS} onChange={(sort) => onChange({ sort })} />
      {filter.deviceId === '' ? null : <DeviceChip id={filter.deviceId} onChange={onChange} />}
      {filter.tag === '' ? null : <TagChip tag={filter.tag} onChange={onChange} />}
    </search>
  )
}

function SearchBox({
  q,
  onChange,
  searchRef,
}: {
  readonly q: string
  readonly onChange: Change
  readonly searchRef: RefObject<HTMLInputElement | null>
}) {
  const id = useId()
  const [typed, setTyped] = useState(q)
  const sent = useRef(q)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const newest = useRef(onChange)
  newest.current = onChange
  // Another view was chosen; what this box sent itself comes back trimmed and is left as it was typed.
  if (q !== sent.current) {
    sent.current = q
    setTyped(q)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  const type = (text: string) => {
    setTyped(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => {
      sent.current = text.trim().slice(0, MAX_SEARCH)
      newest.current({ q: sent.current })
    }, TYPING_MS)
  }
  return (
    <div className={styles.search}>
      <label className={styles.label} htmlFor={id}>
        Search
      </label>
      <input
        ref={searchRef}
        className={styles.control}
        id={id}
        type="search"
        placeholder="Number, title, requester …"
        value={typed}
        maxLength={MAX_SEARCH}
        onChange={({ target }) => type(target.value)}
      />
    </div>
  )
}

function AssigneeFilter({ filter, onChange }: { readonly filter: QueueFilter; readonly onChange: Change }) {
  const { user } = useSession()
  const others = usePeople().filter((person) => canWork(person) && person.id !== user.id)
  const choices: readonly Choice[] = [
    ['', 'Anybody'],
    ['me', 'Me'],
    ['none', 'Nobody'],
    ...others.map(({ id, name }): Choice => [id, name]),
  ]
  return (
    <Filter
      label="Assignee"
      value={filter.assigneeId}
      choices={choices}
      onChange={(assigneeId) => onChange({ assigneeId })}
    />
  )
}

function Filter({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly choices: readonly Choice[]
  readonly onChange: (value: string) => void
}) {
  const id = useId()
  const isKnown = choices.some(([choice]) => choice === value)
  return (
    <div className={styles.filter}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <select className={styles.control} id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {isKnown ? null : <option value={value}>As in the view</option>}
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

function DeviceChip({ id, onChange }: { readonly id: string; readonly onChange: Change }) {
  const { data } = useDevice(id)
  return (
    <div className={styles.chip}>
      <span className={styles.chipText}>Device: {data?.name ?? id}</span>
      <Button small look="quiet" aria-label="Show tickets of every device" onClick={() => onChange({ deviceId: '' })}>
        <X aria-hidden="true" size={16} />
      </Button>
    </div>
  )
}

function TagChip({ tag, onChange }: { readonly tag: string; readonly onChange: Change }) {
  return (
    <div className={styles.chip}>
      <span className={styles.chipText}>Tag: {tag}</span>
      <Button small look="quiet" aria-label="Show tickets with any tags" onClick={() => onChange({ tag: '' })}>
        <X aria-hidden="true" size={16} />
      </Button>
    </div>
  )
}
