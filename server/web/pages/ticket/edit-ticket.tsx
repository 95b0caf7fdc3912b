import type { FormEvent } from 'react'
import { useState } from 'react'
import { useDevices } from '../../api/devices.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import type { PickedDevice } from '../../ui/device-picker.tsx'
import { DevicePicker } from '../../ui/device-picker.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { LanguageField } from '../../ui/language-field.tsx'
import styles from './edit-ticket.module.css'
import { contactsOf, PeopleFields } from './people-fields.tsx'
import type { TicketChanger } from './ticket-change.ts'

/** Title, description, devices, tags and people of a ticket. */
export function EditTicket({
  ticket,
  changer,
  onClose,
}: {
  readonly ticket: TicketView
  readonly changer: TicketChanger
  readonly onClose: () => void
}) {
  const known = useDevices(ticket.deviceIds)
  const [devices, setDevices] = useState<readonly PickedDevice[]>(() =>
    ticket.deviceIds.map((id) => ({ id, name: known.find((device) => device.id === id)?.name ?? id })),
  )
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    changer.change({
      title: String(form.get('title')).trim(),
      description: String(form.get('description')).trim(),
      deviceIds: devices.map(({ id }) => id),
      tags: wordsOf(String(form.get('tags'))),
      contacts: contactsOf(form),
      ...(ticket.requesterEmail === null ? {} : { requesterLanguage: String(form.get('requesterLanguage')) || null }),
    })
    onClose()
  }
  return (
    <Dialog open onClose={onClose} title="Edit the ticket">
      <form className={styles.form} onSubmit={submit}>
        <TextField label="Title" name="title" defaultValue={ticket.title} maxLength={200} required />
        <TextArea
          label="Description"
          name="description"
          defaultValue={ticket.description}
          rows={6}
          maxLength={20_000}
        />
        <DevicePicker picked={devices} onChange={setDevices} />
        <TextField
          label="Tags"
          name="tags"
          hint="Words with a blank between them, for example: vpn printer. At most 16."
          defaultValue={ticket.tags.join(' ')}
          maxLength={560}
        />
        {ticket.requesterEmail === null ? null : (
          <LanguageField
            label="Language of mails to the requester"
            name="requesterLanguage"
            saved={ticket.requesterLanguage}
            none="as is known of them"
          />
        )}
        <PeopleFields contacts={ticket.contacts} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}
