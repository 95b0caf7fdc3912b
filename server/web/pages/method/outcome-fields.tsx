import { TextArea } from '../../ui/field.tsx'
import styles from './method.module.css'

/** What came of an action: the setting before and after, and what was seen. */
export function Outcome() {
  return (
    <div className={styles.fields}>
      <TextArea label="Setting before" name="before" rows={2} maxLength={4_000} />
      <TextArea label="Setting after" name="after" rows={2} maxLength={4_000} />
      <TextArea label="What was seen" name="seen" rows={2} maxLength={4_000} />
    </div>
  )
}

/** The fields of `Outcome`. */
export function outcomeOf(form: FormData) {
  return { before: textOrNull(form, 'before'), after: textOrNull(form, 'after'), seen: textOrNull(form, 'seen') }
}

/** What was typed into a field; null when nothing was. */
export function textOrNull(form: FormData, name: string): string | null {
  const value = String(form.get(name) ?? '').trim()
  return value === '' ? null : value
}
