import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { ErasureOutcome, KeptOnPerson, PersonKey } from '../../api/person-data.ts'
import { keyName } from '../../api/person-data.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { bytesText } from '../../ui/words.tsx'
import styles from '../desk.module.css'

/** Says what goes and what stays, and erases once the person's name was typed. */
export function ErasePerson({
  person,
  kept,
  onErased,
  onClose,
}: {
  readonly person: readonly PersonKey[]
  readonly kept: KeptOnPerson
  readonly onErased: (outcome: ErasureOutcome) => void
  readonly onClose: () => void
}) {
  const [first] = person
  const name = first === undefined ? '' : keyName(first)
  const [typed, setTyped] = useState('')
  const erase = useMutation({
    mutationFn: (reason: string) =>
      apiSend<ErasureOutcome>('POST', '/api/people/erase', { person, reason, preview: kept.preview }),
    onSuccess: onErased,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    erase.mutate(String(new FormData(event.currentTarget).get('reason')).trim())
  }
  return (
    <Dialog open onClose={onClose} title="Erase this person’s data?">
      <form className={styles.form} onSubmit={submit}>
        <WhatGoes kept={kept} />
        <Problem error={erase.error} />
        <TextArea
          label="Reason"
          name="reason"
          hint="It stays in the logs for good. Do not name the person."
          rows={2}
          maxLength={500}
          required
        />
        <TextField
          label={`Type “${name}” to confirm`}
          value={typed}
          autoComplete="off"
          onChange={({ target }) => setTyped(target.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" disabled={typed.trim() !== name || erase.isPending}>
            Erase for ever
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function WhatGoes({ kept: { tickets, total } }: { readonly kept: KeptOnPerson }) {
  return (
    <>
      <Notice tone="warn">Nobody can bring it back. Backups that were made before still hold it.</Notice>
      <h3>What goes</h3>
      <ul>
        <li>
          names, addresses and words in {tickets.length === 1 ? '1 ticket' : `${tickets.length} tickets`} and{' '}
          {total.entries} entries of their logs
        </li>
        <li>
          {total.files} files and {total.rows} rows of {total.runs} runs ({bytesText(total.bytes)})
        </li>
        <li>{total.mails} mails, answers and feedback</li>
      </ul>
      <h3>What stays, and why</h3>
      <ul>
        <li>times, codes and hashes of the logs, so that what happened can still be proved</li>
        <li>
          {total.receipts} receipts as they were signed, with the account’s name and the purpose: they prove that the
          person was asked
        </li>
        <li>names of devices and of the desk’s own people</li>
        {total.knowledge === 0 ? null : (
          <li>{total.knowledge} known problems that were written from these tickets: see that they name nobody</li>
        )}
        <li>what others wrote about the person in their own tickets: search for it</li>
        <li>the person’s own copy on their device</li>
      </ul>
    </>
  )
}
