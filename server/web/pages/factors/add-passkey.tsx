import type { FormEvent } from 'react'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { addPasskey, addressWithName, passkeysWorkHere } from './passkeys.ts'

/** Adds a passkey, or says where that works. */
export function AddPasskey({
  attempt,
  onAdded,
}: {
  readonly attempt: (work: (confirmed: { readonly password?: string }) => Promise<void>) => void
  readonly onAdded: (recoveryCodes: readonly string[] | null) => void
}) {
  if (!passkeysWorkHere()) return <NeedsName />
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const name = String(new FormData(form).get('name')).trim()
    attempt(async (confirmed) => {
      onAdded(await addPasskey(name, confirmed))
      form.reset()
    })
  }
  return (
    <form className={styles.filters} onSubmit={submit}>
      <TextField label="Name of the new passkey" name="name" maxLength={100} placeholder="My laptop" required />
      <Button type="submit">Add a passkey</Button>
    </form>
  )
}

function NeedsName() {
  const address = addressWithName()
  return (
    <Notice>
      Passkeys belong to a name, and this page was opened by an IP address.{' '}
      {address === null ? (
        'Open this server by its name to add one.'
      ) : (
        <>
          Open <a href={address}>{address}</a> to add one.
        </>
      )}
    </Notice>
  )
}
