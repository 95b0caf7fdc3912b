import type { ServiceLevelView } from '../../api/desk.ts'
import { PRIORITY_NUMBERS, priorityWord } from '../../ui/words.tsx'
import styles from './service-level.module.css'

interface TargetProps {
  readonly level: ServiceLevelView
  readonly onChange: (level: ServiceLevelView) => void
}

const NAMES = [
  ['response', 'First answer'],
  ['update', 'Next update'],
  ['resolution', 'Solution'],
] as const

/** Minutes for each priority, and for work at a level. */
export function TargetFields({ level, onChange }: TargetProps) {
  return (
    <>
      <h3>Promised times, in minutes</h3>
      <table className={styles.table}>
        <caption className="visually-hidden">Promised times in minutes; an empty field promises nothing</caption>
        <thead>
          <tr>
            <th scope="col">Priority</th>
            {NAMES.map(([name, words]) => (
              <th key={name} scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {PRIORITY_NUMBERS.map((priority) => (
            <TargetRow key={priority} priority={priority} level={level} onChange={onChange} />
          ))}
        </tbody>
      </table>
      <div className={styles.numbers}>
        <Minutes
          label="Work at level 1 (minutes)"
          value={level.levelMinutes[0] ?? null}
          onChange={(minutes) => onChange({ ...level, levelMinutes: [minutes, level.levelMinutes[1] ?? null] })}
        />
        <Minutes
          label="Work at level 2 (minutes)"
          value={level.levelMinutes[1] ?? null}
          onChange={(minutes) => onChange({ ...level, levelMinutes: [level.levelMinutes[0] ?? null, minutes] })}
        />
        <Minutes
          label="Warn when used up (percent)"
          value={level.warnAtPercent}
          max={99}
          min={10}
          required
          onChange={(percent) => onChange({ ...level, warnAtPercent: percent ?? 80 })}
        />
        <Minutes
          label="Stuck without an entry for (minutes)"
          value={level.stuckMinutes}
          min={10}
          required
          onChange={(minutes) => onChange({ ...level, stuckMinutes: minutes ?? 480 })}
        />
      </div>
    </>
  )
}

function TargetRow({ priority, level, onChange }: TargetProps & { readonly priority: number }) {
  const own = level.targets[priority - 1]
  if (own === undefined) return null
  const set = (name: (typeof NAMES)[number][0], minutes: number | null) =>
    onChange({
      ...level,
      targets: level.targets.map((target, at) => (at === priority - 1 ? { ...target, [name]: minutes } : target)),
    })
  return (
    <tr>
      <th scope="row">{priorityWord(priority)}</th>
      {NAMES.map(([name, words]) => (
        <td key={name}>
          <input
            className={styles.input}
            type="number"
            aria-label={`${words}, ${priorityWord(priority)}, minutes`}
            min={1}
            max={525_600}
            value={own[name] ?? ''}
            onChange={({ target }) => set(name, target.value === '' ? null : Number(target.value))}
          />
        </td>
      ))}
    </tr>
  )
}

function Minutes({
  label,
  value,
  min = 1,
  max = 525_600,
  required = false,
  onChange,
}: {
  readonly label: string
  readonly value: number | null
  readonly min?: number
  readonly max?: number
  readonly required?: boolean
  readonly onChange: (minutes: number | null) => void
}) {
  return (
    <label className={styles.number}>
      <span>{label}</span>
      <input
        className={styles.input}
        type="number"
        value={value ?? ''}
        {...{ min, max, required }}
        onChange={({ target }) => onChange(target.value === '' ? null : Number(target.value))}
      />
    </label>
  )
}
