import type { FormEvent, ReactNode } from 'react'
import { useId } from 'react'
import type { SettingsView } from '../../api/desk.ts'
import { useSaveSettings } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

interface SettingCardProps {
  readonly title: string
  /** What it is good for, before the fields. */
  readonly about?: ReactNode
  /** What the button says. */
  readonly action: string
  /** What is to be saved, out of the form as it is filled in. */
  readonly read: (form: FormData) => Partial<SettingsView>
  /** Whether something must be mended first. */
  readonly isBlocked?: boolean
  /** Buttons before the one that saves. */
  readonly buttons?: ReactNode
  readonly children: ReactNode
}

/** One part of the settings with a form of its own: says what was wrong, and that it was saved. */
export function SettingCard({ title, about, action, read, isBlocked = false, buttons, children }: SettingCardProps) {
  const heading = useId()
  const save = useSaveSettings()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (!isBlocked) save.mutate(read(new FormData(event.currentTarget)))
  }
  return (
    <section className={styles.card} aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      {about === undefined ? null : <p className={styles.soft}>{about}</p>}
      <form className={styles.form} onSubmit={submit}>
        {children}
        <Problem error={save.error} />
        <div className={styles.row}>
          {buttons}
          <Button type="submit" look="primary" disabled={save.isPending || isBlocked}>
            {action}
          </Button>
          <span className={styles.soft} role="status">
            {save.isSuccess ? 'Saved.' : ''}
          </span>
        </div>
      </form>
    </section>
  )
}
