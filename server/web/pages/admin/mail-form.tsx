import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { MailSettingsView } from '../../api/desk.ts'
import { SelectField } from '../../ui/field.tsx'
import { SettingCard } from './setting-card.tsx'

/** Who is written to by e-mail. */
export function MailForm({ saved }: { readonly saved: MailSettingsView }) {
  return (
    <SettingCard
      title="E-mail to people"
      about="Counts once the server’s configuration names a mail server (mailFrom and smtpHost); until then no mail is written."
      action="Save e-mail"
      read={(form) => ({
        // The options below are these values.
        mail: {
          people: String(form.get('people')) as MailSettingsView['people'],
          language: String(form.get('language')),
        },
      })}
    >
      <SelectField
        label="Who gets messages by e-mail"
        hint="Only people whose ticket has an e-mail address."
        name="people"
        defaultValue={saved.people}
      >
        <option value="without-agent">people whose ticket has no device</option>
        <option value="everybody">everybody</option>
        <option value="nobody">nobody</option>
      </SelectField>
      <SelectField label="Language of mails" name="language" defaultValue={saved.language}>
        {LANGUAGES.map((code) => (
          <option key={code} value={code}>
            {wordsOf(code).name}
          </option>
        ))}
      </SelectField>
    </SettingCard>
  )
}
