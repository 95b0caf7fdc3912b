import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useId, useState } from 'react'
import { apiGet } from '../api/client.ts'
import type { DeviceView, Page } from '../api/types.ts'
import styles from './device-picker.module.css'
import { TextField } from './field.tsx'
import { Presence } from './presence.tsx'
import { useDelayed } from './use-delayed.ts'

export type PickedDevice = Pick<DeviceView, 'id' | 'name'>

const SHOWN = 5

/** Devices by search: what was picked stands as chips, what the search finds as buttons below it. */
export function DevicePicker({
  picked,
  onChange,
}: {
  readonly picked: readonly PickedDevice[]
  readonly onChange: (picked: readonly PickedDevice[]) => void
}) {
  const listId = useId()
  const [typed, setTyped] = useState('')
  const q = useDelayed(typed.trim().slice(0, 200), 200)
  const { data } = useQuery({
    queryKey: ['device-search', q],
    queryFn: ({ signal }) => apiGet<Page<DeviceView>>('/api/devices', { q, limit: SHOWN + picked.length }, signal),
    enabled: q !== '',
  })
  const found = (data?.items ?? []).filter(({ id }) => !picked.some((device) => device.id === id)).slice(0, SHOWN)
  const pick = ({ id, name }: PickedDevice) => {
    onChange([...picked, { id, name }])
    setTyped('')
  }
  return (
    <div className={styles.picker}>
      <Picked picked={picked} onChange={onChange} />
      <TextField
        label="Add a device"
        type="search"
        placeholder="Name or system"
        autoComplete="off"
        value={typed}
        aria-controls={listId}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || typed.trim() === '') return
          // Enter picks the first instead of sending the form around it.
          event.preventDefault()
          const [first] = found
          if (first !== undefined && q === typed.trim()) pick(first)
        }}
      />
      <div id={listId} role="status" className={styles.found}>
        {q !== '' && typed !== '' && data !== undefined && found.length === 0 ? 'No other device has this name.' : null}
        {typed === '' ? null : <Found devices={found} onPick={pick} />}
      </div>
    </div>
  )
}

function Picked({
  picked,
  onChange,
}: {
  readonly picked: readonly PickedDevice[]
  readonly onChange: (picked: readonly PickedDevice[]) => void
}) {
  if (picked.length === 0) return null
  return (
    <ul className={styles.list} aria-label="Devices of the ticket">
      {picked.map((device) => (
        <li className={styles.chip} key={device.id}>
          <span className={styles.name}>{device.name}</span>
          <button
            type="button"
            className={styles.remove}
            aria-label={`Take ${device.name} off`}
            onClick={() => onChange(picked.filter(({ id }) => id !== device.id))}
          >
            <X aria-hidden="true" size={16} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Found({
  devices,
  onPick,
}: {
  readonly devices: readonly DeviceView[]
  readonly onPick: (device: DeviceView) => void
}) {
  return (
    <ul className={styles.list}>
      {devices.map((device) => (
        <li key={device.id}>
          <button type="button" className={styles.choice} onClick={() => onPick(device)}>
            <Plus aria-hidden="true" size={16} />
            <span className={styles.name}>{device.name}</span>
            <Presence online={device.online} />
          </button>
        </li>
      ))}
    </ul>
  )
}
