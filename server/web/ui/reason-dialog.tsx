import { useMutation } from '@tanstack/react-query'
import type { FormEvent, ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog, DialogActions } from './dialog.tsx'
import { TextArea } from './field.tsx'
import { Problem } from './notice.tsx'
import styles from './reason-dialog.module.css'

/** Asks why before it does something; stays open while it works and says what went wrong. */
export function ReasonDialog({
  title,
  hint,
  minLength = 1,
  maxLength,
  action,
  look = 'primary',
  cancel = 'Cancel',
  onReason,
  onClose,
  children,
}: {
  readonly title: string
  /** What a good reason says, or where it will stand. */
  readonly hint: string
  readonly minLength?: number
  readonly maxLength: number
  /** What the button does, e.g. "Revoke for ever". */
  readonly action: string
  readonly look?: 'primary' | 'danger'
  readonly cancel?: string
  readonly onReason: (reason: string) => Promise<unknown>
  readonly onClose: () => void
  readonly children: ReactNode
}) {
  const work = useMutation({ mutationFn: onReason, onSuccess: onClose })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    work.mutate(String(new FormData(event.currentTarget).get('reason')).trim())
  }
  return (
    <Dialog open onClose={onClose} title={title}>
      <form className={styles.form} onSubmit={submit}>
        {children}
        <Problem error={work.error} />
        <TextArea label="Reason" name="reason" hint={hint} rows={3} {...{ minLength, maxLength }} required />
        <DialogActions>
          <Button onClick={onClose}>{cancel}</Button>
          <Button type="submit" look={look} disabled={work.isPending}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
