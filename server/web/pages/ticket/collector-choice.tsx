import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { useMemo } from 'react'
import styles from './collector-choice.module.css'
import type { Params } from './param-fields.tsx'
import { ParamFields } from './param-fields.tsx'
import { paramFields } from './param-schema.ts'

/** Parameters of what is chosen, by collector. */
export type Chosen = Readonly<Record<string, Params>>

/** The device's collectors: tick what is asked for, open its parameters below it. */
export function CollectorChoice({
  catalogue,
  chosen,
  onChange,
}: {
  readonly catalogue: readonly CatalogueEntry[]
  readonly chosen: Chosen
  readonly onChange: (chosen: Chosen) => void
}) {
  const toggle = (id: string, isOn: boolean) => {
    const { [id]: _dropped, ...rest } = chosen
    onChange(isOn ? { ...rest, [id]: {} } : rest)
  }
  return (
    <fieldset className={styles.set}>
      <legend className={styles.legend}>What to read</legend>
      {catalogue.map((entry) => (
        <Entry
          key={entry.id}
          entry={entry}
          params={chosen[entry.id]}
          onToggle={(isOn) => toggle(entry.id, isOn)}
          onParams={(params) => onChange({ ...chosen, [entry.id]: params })}
        />
      ))}
    </fieldset>
  )
}

function Entry({
  entry,
  params,
  onToggle,
  onParams,
}: {
  readonly entry: CatalogueEntry
  readonly params: Params | undefined
  readonly onToggle: (isOn: boolean) => void
  readonly onParams: (params: Params) => void
}) {
  const fields = useMemo(() => paramFields(entry.params), [entry.params])
  const change = (name: string, value: unknown) => {
    const { [name]: _before, ...rest } = params ?? {}
    onParams(value === undefined ? rest : { ...rest, [name]: value })
  }
  return (
    <div className={styles.entry}>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={params !== undefined}
          disabled={!entry.available}
          onChange={({ target }) => onToggle(target.checked)}
        />
        <span>
          <span className={styles.title}>{entry.title}</span> <code>{entry.id}</code>
          {entry.available ? null : <span className={styles.soft}> not available on this device</span>}
        </span>
      </label>
      {params === undefined || fields.length === 0 ? null : (
        <details className={styles.details}>
          <summary>
            Settings<span className="visually-hidden"> of {entry.title}</span>
            {Object.keys(params).length > 0 ? ` (${Object.keys(params).length} set)` : ''}
          </summary>
          <ParamFields fields={fields} params={params} onChange={change} />
        </details>
      )}
    </div>
  )
}
