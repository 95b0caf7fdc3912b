import { useId, useState } from 'react'
import { SelectField, TextField } from '../../ui/field.tsx'
import styles from './param-fields.module.css'
import type { Option, ParamField } from './param-schema.ts'

export type Params = Readonly<Record<string, unknown>>
type Change = (name: string, value: unknown) => void

/** The form for one collector's parameters; `undefined` gives a parameter back to its default. */
export function ParamFields({
  fields,
  params,
  onChange,
}: {
  readonly fields: readonly ParamField[]
  readonly params: Params
  readonly onChange: Change
}) {
  return (
    <div className={styles.fields}>
      {fields.map((field) => (
        <Control
          key={field.name}
          field={field}
          value={Object.hasOwn(params, field.name) ? params[field.name] : field.initial}
          onChange={(value) => onChange(field.name, value)}
        />
      ))}
    </div>
  )
}

interface ControlProps {
  readonly field: ParamField
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}

function Control({ field, value, onChange }: ControlProps) {
  const { control, label } = field
  switch (control.kind) {
    case 'number':
      return <NumberControl field={field} value={value} onChange={onChange} />
    case 'switch':
      return (
        <label className={styles.check}>
          <input type="checkbox" checked={value === true} onChange={({ target }) => onChange(target.checked)} />
          <span>{label}</span>
        </label>
      )
    case 'choice':
      return (
        <SelectField label={label} value={String(value ?? '')} onChange={({ target }) => onChange(target.value)}>
          {control.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </SelectField>
      )
    case 'choices':
      return <Choices label={label} options={control.options} value={value} onChange={onChange} />
    case 'texts':
      return <TextsControl field={field} isNumber={control.isNumber} value={value} onChange={onChange} />
    case 'time':
      return <TimeControl field={field} value={value} onChange={onChange} />
    case 'text':
      return (
        <TextField
          label={label}
          maxLength={control.maxLength}
          value={typeof value === 'string' ? value : ''}
          onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
        />
      )
  }
}

function NumberControl({ field, value, onChange }: ControlProps) {
  const { control, label } = field
  if (control.kind !== 'number') return null
  const { min, max, unit } = control
  return (
    <TextField
      label={unit === '' ? label : `${label} (${unit})`}
      type="number"
      {...(min === null ? {} : { min })}
      {...(max === null ? {} : { max })}
      hint={min === null || max === null ? undefined : `${min.toLocaleString('en')} to ${max.toLocaleString('en')}`}
      value={typeof value === 'number' ? value : ''}
      onChange={({ target }) => onChange(target.value === '' ? undefined : Number(target.value))}
    />
  )
}

function Choices({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string
  readonly options: readonly Option[]
  readonly value: unknown
  readonly onChange: (value: unknown) => void
}) {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : []
  return (
    <fieldset className={styles.choices}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label className={styles.check} key={option.value}>
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={({ target }) =>
              // In the order of the schema, so that the same choice is the same request.
              onChange(
                options
                  .map((each) => each.value)
                  .filter((each) => (each === option.value ? target.checked : chosen.includes(each))),
              )
            }
          />
          <span>{option.text}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** Several texts or numbers, separated by commas. */
function TextsControl({ field, value, onChange, isNumber }: ControlProps & { readonly isNumber: boolean }) {
  const [typed, setTyped] = useState(Array.isArray(value) ? value.join(', ') : '')
  return (
    <TextField
      label={field.label}
      hint="Separated by commas; empty: all."
      inputMode={isNumber ? 'numeric' : 'text'}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value)
        const words = target.value.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]))
        onChange(isNumber ? words.map(Number).filter((one) => Number.isInteger(one)) : words)
      }}
    />
  )
}

function TimeControl({ field, value, onChange }: ControlProps) {
  const id = useId()
  return (
    <div className={styles.time}>
      <label htmlFor={id}>{field.label}</label>
      <input
        className={styles.input}
        id={id}
        type="datetime-local"
        value={typeof value === 'string' ? localText(value) : ''}
        onChange={({ target }) => onChange(target.value === '' ? undefined : new Date(target.value).toISOString())}
      />
    </div>
  )
}

/** An instant as the control wants it: local time without a zone. */
function localText(instant: string): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return ''
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
