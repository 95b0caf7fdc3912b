import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { MessageTemplateView, SettingsView } from '../../api/desk.ts'
import { SETTINGS_KEY } from '../../api/settings.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import own from './template-form.module.css'

const MOST = 50

/** A template while it is edited: its key stays when others come and go. */
interface Edited extends MessageTemplateView {
  readonly key: number
}

/** The texts that technicians put into messages. */
export function TemplateForm({ saved }: { readonly saved: readonly MessageTemplateView[] }) {
  const queries = useQueryClient()
  const [edited, setEdited] = useState<readonly Edited[]>(() => saved.map((each, key) => ({ ...each, key })))
  const save = useMutation({
    mutationFn: (messageTemplates: readonly MessageTemplateView[]) =>
      apiSend<SettingsView>('PATCH', '/api/settings', { messageTemplates }),
    onSuccess: (settings) => queries.setQueryData(SETTINGS_KEY, settings),
  })
  const change = (key: number, part: Partial<MessageTemplateView>) =>
    setEdited(edited.map((each) => (each.key === key ? { ...each, ...part } : each)))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    save.mutate(edited.map(({ title, text }) => ({ title: title.trim(), text: text.trim() })))
  }
  const nextKey = Math.max(-1, ...edited.map(({ key }) => key)) + 1
  return (
    <section className={styles.card} aria-labelledby="templates-heading">
      <h2 id="templates-heading">Templates for messages</h2>
      <p className={styles.soft}>
        Technicians insert them when they write to a person, and change them as they like. {'{requester}'}, {'{number}'}{' '}
        and {'{technician}'} are filled in.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <Problem error={save.error} />
        {edited.map((template, at) => (
          <TemplateFields
            key={template.key}
            number={at + 1}
            template={template}
            onChange={(part) => change(template.key, part)}
            onRemove={() => setEdited(edited.filter(({ key }) => key !== template.key))}
          />
        ))}
        <div className={styles.row}>
          <Button
            disabled={edited.length >= MOST}
            onClick={() => setEdited([...edited, { key: nextKey, title: '', text: '' }])}
          >
            Add a template
          </Button>
          <Button type="submit" look="primary" disabled={save.isPending}>
            Save the templates
          </Button>
          <span className={styles.soft} role="status">
            {save.isSuccess ? 'Saved.' : ''}
          </span>
        </div>
      </form>
    </section>
  )
}

function TemplateFields({
  number,
  template,
  onChange,
  onRemove,
}: {
  readonly number: number
  readonly template: MessageTemplateView
  readonly onChange: (part: Partial<MessageTemplateView>) => void
  readonly onRemove: () => void
}) {
  return (
    <fieldset className={own.template}>
      <legend className="visually-hidden">Template {number}</legend>
      <TextField
        label={`Title ${number}`}
        value={template.title}
        maxLength={80}
        pattern=".*\S.*"
        required
        onChange={({ target }) => onChange({ title: target.value })}
      />
      <TextArea
        label={`Text ${number}`}
        value={template.text}
        rows={4}
        maxLength={4_000}
        required
        onChange={({ target }) => onChange({ text: target.value })}
      />
      <div>
        <Button small look="quiet" onClick={onRemove}>
          Remove <span className="visually-hidden">template {number}</span>
        </Button>
      </div>
    </fieldset>
  )
}
