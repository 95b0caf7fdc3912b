import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { ProtectedUser } from '../../api/desk.ts'
import { ROLES } from '../../api/desk.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { LevelField, levelOf } from './level-field.tsx'

interface EditUserProps {
  readonly user: ProtectedUser
  readonly isSelf: boolean
  readonly onClose: () => void
  readonly onChanged: () => Promise<void>
  readonly onInvite: (user: ProtectedUser) => Promise<void>
}

/** Changes an account; what cannot be taken back is asked for twice. */
export function EditUser({ user, isSelf, onClose, onChanged, onInvite }: EditUserProps) {
  const work = useMutation({ mutationFn: (action: () => Promise<unknown>) => action() })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { name, role, supportLevel } = Object.fromEntries(new FormData(event.currentTarget))
    work.mutate(
      async () => {
        const change = { name, supportLevel: levelOf(supportLevel), ...(role === undefined ? {} : { role }) }
        await apiSend('PATCH', `/api/users/${user.id}`, change)
        await onChanged()
      },
      { onSuccess: onClose },
    )
  }
  const act = (action: () => Promise<unknown>) =>
    work.mutate(async () => {
      await action()
      await onChanged()
      onClose()
    })
  return (
    <Dialog open onClose={onClose} title={`Change ${user.name}`}>
      <form className={styles.stack} onSubmit={submit}>
        <Problem error={work.error} />
        <TextField label="Name" name="name" defaultValue={user.name} maxLength={200} required />
        <SelectField
          label="Role"
          name="role"
          defaultValue={user.role}
          disabled={isSelf}
          {...(isSelf ? { hint: 'Another admin must change your own role.' } : {})}
        >
          {ROLES.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </SelectField>
        <LevelField level={user.supportLevel} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={work.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
      <Access user={user} isSelf={isSelf} act={act} onInvite={() => work.mutate(() => onInvite(user))} />
    </Dialog>
  )
}

function Access({
  user,
  isSelf,
  act,
  onInvite,
}: Pick<EditUserProps, 'user' | 'isSelf'> & {
  readonly act: (action: () => Promise<unknown>) => void
  readonly onInvite: () => void
}) {
  const hasFactor = user.totp || user.passkeys > 0
  const path = `/api/users/${user.id}`
  return (
    <section className={styles.stack} aria-labelledby="access-heading">
      <h3 id="access-heading">Access</h3>
      <div className={styles.row}>
        <Button onClick={onInvite}>New invitation link</Button>
        {user.sessions === 0 ? null : (
          <TwiceButton label="End all sessions" onSure={() => act(() => apiSend('DELETE', `${path}/sessions`))} />
        )}
        {hasFactor ? (
          <TwiceButton
            label="Reset the second factor"
            onSure={() => act(() => apiSend('DELETE', `${path}/second-factors`))}
          />
        ) : null}
        {user.disabled ? (
          <Button onClick={() => act(() => apiSend('PATCH', path, { disabled: false }))}>Enable</Button>
        ) : null}
        {user.disabled || isSelf ? null : (
          <TwiceButton
            label="Disable the account"
            onSure={() => act(() => apiSend('PATCH', path, { disabled: true }))}
          />
        )}
      </div>
      <p className={styles.soft}>
        The link lets the person choose a new password. Check first that it really is them who asks, above all before
        you reset a second factor.
      </p>
    </section>
  )
}

/** A button that must be pressed twice, and says so. */
function TwiceButton({ label, onSure }: { readonly label: string; readonly onSure: () => void }) {
  const [isAsked, setAsked] = useState(false)
  const again = `Press again: ${label.toLowerCase()}`
  return (
    <>
      <Button look="danger" onBlur={() => setAsked(false)} onClick={() => (isAsked ? onSure() : setAsked(true))}>
        {isAsked ? again : label}
      </Button>
      <span className="visually-hidden" role="status">
        {isAsked ? again : ''}
      </span>
    </>
  )
}
