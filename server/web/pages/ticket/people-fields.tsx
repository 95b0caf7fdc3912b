import { useId, useState } from 'react'
import type { ContactsView, StakeholderView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { LanguageField } from '../../ui/language-field.tsx'
import styles from './people-fields.module.css'

const MAX_STAKEHOLDERS = 16

/** People of a ticket besides its requester: who is on site, and who is told how it goes on. */
export function PeopleFields({ contacts }: { readonly contacts: ContactsView }) {
  const id = useId()
  // A key of their own, so that the fields of one that goes do not fall to its neighbour.
  const [rows, setRows] = useState(() => contacts.stakeholders.map((person, key) => ({ key, person })))
  const [next, setNext] = useState(rows.length)
  const add = () => {
    setRows([...rows, { key: next, person: NOBODY }])
    setNext(next + 1)
  }
  return (
    <>
      <fieldset className={styles.group}>
        <legend className={styles.legend}>On-site person</legend>
        <div className={styles.pair}>
          <TextField label="Name" name="onSiteName" defaultValue={contacts.onSite?.name ?? ''} maxLength={200} />
          <TextField
            label="How to reach them"
            name="onSiteContact"
            defaultValue={contacts.onSite?.contact ?? ''}
            maxLength={200}
          />
        </div>
      </fieldset>
      <fieldset className={styles.group}>
        <legend className={styles.legend} id={id}>
          Stakeholders
        </legend>
        {rows.map(({ key, person }, at) => (
          <StakeholderFields
            key={key}
            number={at + 1}
            person={person}
            onRemove={() => setRows(rows.filter((row) => row.key !== key))}
          />
        ))}
        <div>
          <Button small disabled={rows.length >= MAX_STAKEHOLDERS} onClick={add}>
            Add a stakeholder
          </Button>
        </div>
      </fieldset>
    </>
  )
}

const NOBODY: StakeholderView = { name: '', email: '', notices: 'escalations' }

function StakeholderFields({
  number,
  person,
  onRemove,
}: {
  readonly number: number
  readonly person: StakeholderView
  readonly onRemove: () => void
}) {
  return (
    <div className={styles.triple}>
      <TextField
        label={`Name of stakeholder ${number}`}
        name="stakeholderName"
        defaultValue={person.name}
        maxLength={200}
        required
      />
      <TextField
        label={`E-mail of stakeholder ${number}`}
        name="stakeholderEmail"
        type="email"
        defaultValue={person.email}
        maxLength={254}
        required
      />
      <SelectField label={`Stakeholder ${number} is told of`} name="stakeholderNotices" defaultValue={person.notices}>
        <option value="none">nothing</option>
        <option value="escalations">escalations and the end</option>
        <option value="all">every change of state</option>
      </SelectField>
      <LanguageField
        label={`Language of mails to stakeholder ${number}`}
        name="stakeholderLanguage"
        saved={person.language ?? null}
        none="as is known of them"
      />
      <Button small look="quiet" onClick={onRemove}>
        Remove stakeholder {number}
      </Button>
    </div>
  )
}

function languageOf(code = ''): Pick<StakeholderView, 'language'> {
  return code === '' ? {} : { language: code }
}

/** What the fields say; an on-site person without a name is none. */
export function contactsOf(form: FormData): ContactsView {
  const all = (name: string) => form.getAll(name).map((value) => String(value).trim())
  const [names, emails, notices] = [all('stakeholderName'), all('stakeholderEmail'), all('stakeholderNotices')]
  const languages = all('stakeholderLanguage')
  const name = String(form.get('onSiteName')).trim()
  const contact = String(form.get('onSiteContact')).trim()
  return {
    onSite: name === '' ? null : { name, contact: contact === '' ? 'not noted' : contact },
    stakeholders: names.map((person, at) => ({
      name: person,
      email: emails[at] ?? '',
      // The options above are these values.
      notices: (notices[at] ?? 'none') as StakeholderView['notices'],
      ...languageOf(languages[at]),
    })),
  }
}
