import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import type { TotpBegun } from '../../api/account.ts'
import { apiSend } from '../../api/client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import styles from '../desk.module.css'

/** Shows the secret of a new authenticator app and takes its first code. */
export function TotpSetUp({
  begun,
  onDone,
  onCancel,
}: {
  readonly begun: TotpBegun
  readonly onDone: (recoveryCodes: readonly string[] | null) => void
  readonly onCancel: () => void
}) {
  const confirm = useMutation({
    mutationFn: (code: string) =>
      apiSend<{ recoveryCodes: string[] | null }>('POST', '/api/account/totp/confirm', { code }),
    onSuccess: ({ recoveryCodes }) => onDone(recoveryCodes),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    confirm.mutate(String(new FormData(event.currentTarget).get('code')))
  }
  return (
    <div className={styles.split}>
      <QrCode qr={begun.qr} label="QR code for the authenticator app" />
      <form className={styles.stack} onSubmit={submit}>
        <p>
          Scan the code with an authenticator app, such as the one of your phone or password manager. Then type the six
          digits that it shows.
        </p>
        <details>
          <summary>No camera? Type this key instead</summary>
          <CopyText text={begun.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')} label="the key" />
        </details>
        <Problem error={confirm.error} />
        <TextField
          label="Code of the app"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9 ]*"
          maxLength={8}
          required
        />
        <div className={styles.row}>
          <Button type="submit" look="primary" disabled={confirm.isPending}>
            Turn on
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </div>
  )
}
