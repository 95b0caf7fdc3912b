import { LIMITS } from '@askfirst/protocol/limits.ts'
import { useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import type { SettingsView } from '../../api/desk.ts'
import { SESSION_KEY } from '../../api/session.ts'
import { useSaveSettings } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'

const MINUTE_MS = 60_000

/** Changes what the organisation decides. */
export function SettingsForm({
  settings,
  action,
  onSaved,
}: {
  readonly settings: SettingsView
  readonly action: string
  readonly onSaved?: () => void
}) {
  const queries = useQueryClient()
  const save = useSaveSettings()
  const followUp = (saved: SettingsView) => {
    // A stricter rule about second factors may reach the person who made it.
    if (saved.secondFactor !== settings.secondFactor) void queries.invalidateQueries({ queryKey: SESSION_KEY })
    onSaved?.()
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const change = {
      organisationName: String(form.get('organisationName')).trim(),
      organisationContact: String(form.get('organisationContact')).trim(),
      retentionDays: Number(form.get('retentionDays')),
      maxPermissionMinutes: Number(form.get('maxPermissionMinutes')),
      maxAnswerMinutes: Number(form.get('maxAnswerMinutes')),
      // The options below are these values.
      personalData: String(form.get('personalData')) as SettingsView['personalData'],
      secondFactor: String(form.get('secondFactor')) as SettingsView['secondFactor'],
    }
    save.mutate(change, { onSuccess: followUp })
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <Problem error={save.error} />
      <TextField
        label="Name of the organisation"
        hint="Every person who is asked for consent sees it."
        name="organisationName"
        defaultValue={settings.organisationName}
        maxLength={200}
        autoComplete="organization"
        required
      />
      <TextField
        label="How people check that a request is genuine"
        hint="For example the phone number of your help desk. Stands on every request."
        name="organisationContact"
        defaultValue={settings.organisationContact}
        maxLength={200}
        required
      />
      <LimitFields settings={settings} />
      <SelectField
        label="Names, addresses and serial numbers in rows"
        hint="What happens on the person’s machine when a request does not say."
        name="personalData"
        defaultValue={settings.personalData}
      >
        <option value="pseudonymise">are replaced by stable other names</option>
        <option value="keep">are kept as they are</option>
      </SelectField>
      <SelectField
        label="Second factor required for"
        hint="Who has none is led to set one up at the next sign-in. API tokens are not affected."
        name="secondFactor"
        defaultValue={settings.secondFactor}
      >
        <option value="nobody">nobody (anyone may use one)</option>
        <option value="admins">admins</option>
        <option value="all">everybody</option>
      </SelectField>
      <div className={styles.row}>
        <Button type="submit" look="primary" disabled={save.isPending}>
          {action}
        </Button>
        <span className={styles.soft} role="status">
          {save.isSuccess ? 'Saved.' : ''}
        </span>
      </div>
    </form>
  )
}

/** How long things last. */
function LimitFields({ settings }: { readonly settings: SettingsView }) {
  return LIMIT_FIELDS.map(({ name, ...field }) => (
    <TextField key={name} name={name} type="number" min={1} defaultValue={settings[name]} required {...field} />
  ))
}

const LIMIT_FIELDS = [
  {
    name: 'retentionDays',
    label: 'Rows are kept for (days)',
    hint: 'People are told this number when they are asked.',
    max: 3_650,
  },
  {
    name: 'maxPermissionMinutes',
    label: 'A permission lasts at most (minutes)',
    hint: 'Technicians cannot ask for more. People can always shorten it.',
    max: LIMITS.maxGrantMs / MINUTE_MS,
  },
  {
    name: 'maxAnswerMinutes',
    label: 'A request waits at most (minutes)',
    hint: 'Silence after that is recorded as no answer, which is a no.',
    max: LIMITS.maxAnswerMs / MINUTE_MS,
  },
] as const
