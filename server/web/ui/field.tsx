import type { ComponentProps, ReactNode } from 'react'
import { useId } from 'react'
import styles from './field.module.css'

interface FieldFacts {
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** What is wrong with what was typed, in one sentence; absent when nothing is. */
  readonly problem?: string | null | undefined
}

/** A label, its control, and what helps to fill it in; all tied together for screen readers. */
function Field({
  label,
  hint,
  problem,
  control,
}: FieldFacts & { readonly control: (facts: ControlFacts) => ReactNode }) {
  const id = useId()
  const described = [hint === undefined ? '' : `${id}-hint`, problem ? `${id}-problem` : ''].join(' ').trim()
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {control({
        id,
        className: styles.input ?? '',
        ...(described === '' ? {} : { 'aria-describedby': described }),
        ...(problem ? { 'aria-invalid': true } : {}),
      })}
      {hint === undefined ? null : (
        <span className={styles.hint} id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {problem ? (
        <span className={styles.problem} id={`${id}-problem`}>
          {problem}
        </span>
      ) : null}
    </div>
  )
}

interface ControlFacts {
  readonly id: string
  readonly className: string
  readonly 'aria-describedby'?: string
  readonly 'aria-invalid'?: true
}

export function TextField({ label, hint, problem, ...rest }: FieldFacts & ComponentProps<'input'>) {
  return <Field label={label} hint={hint} problem={problem} control={(facts) => <input {...rest} {...facts} />} />
}

export function TextArea({ label, hint, problem, ...rest }: FieldFacts & ComponentProps<'textarea'>) {
  return <Field label={label} hint={hint} problem={problem} control={(facts) => <textarea {...rest} {...facts} />} />
}

export function SelectField({ label, hint, problem, ...rest }: FieldFacts & ComponentProps<'select'>) {
  return <Field label={label} hint={hint} problem={problem} control={(facts) => <select {...rest} {...facts} />} />
}
