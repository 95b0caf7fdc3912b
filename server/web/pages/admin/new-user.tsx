import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { InvitationView } from '../../api/desk.ts'
import { ROLES } from '../../api/desk.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { LevelField, levelOf } from './level-field.tsx'

interface NewUserProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly onMade: (name: string, invitation: InvitationView | null) => void
}

/** Adds an account, with an invitation link or a first password. */
export function NewUser({ open, onClose, onMade }: NewUserProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Add a user">
      <NewUserForm onClose={onClose} onMade={onMade} />
    </Dialog>
  )
}

function NewUserForm({ onClose, onMade }: Omit<NewUserProps, 'open'>) {
  const [way, setWay] = useState('link')
  const make = useMutation({
    mutationFn: (body: object) =>
      apiSend<{ name: string; invitation: InvitationView | null }>('POST', '/api/users', body),
    onSuccess: ({ name, invitation }) => onMade(name, invitation),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { name, email, role, supportLevel, password } = Object.fromEntries(new FormData(event.currentTarget))
    const account = { name, email, role, supportLevel: levelOf(supportLevel) }
    make.mutate({ ...account, ...(password === undefined ? {} : { password }) })
  }
  return (
    <form className={styles.stack} onSubmit={submit}>
      <Problem error={make.error} />
      <TextField label="Name" name="name" maxLength={200} autoComplete="off" required />
      <TextField label="E-mail" name="email" type="email" maxLength={254} autoComplete="off" required />
      <SelectField
        label="Role"
        name="role"
        defaultValue="technician"
        hint="Technicians work tickets, leads also see the audit log, admins do everything, auditors only read."
      >
        {ROLES.map((role) => (
          <option key={role}>{role}</option>
        ))}
      </SelectField>
      <LevelField level={null} />
      <SelectField label="How they sign in first" value={way} onChange={({ target }) => setWay(target.value)}>
        <option value="link">With a one-time link: they choose the password</option>
        <option value="password">With a password that I give them</option>
      </SelectField>
      {way === 'password' ? (
        <TextField
          label="First password"
          hint="At least 12 characters."
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          maxLength={256}
          required
        />
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={make.isPending}>
          Add
        </Button>
      </DialogActions>
    </form>
  )
}
