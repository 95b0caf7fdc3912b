import { useState } from 'react'
import type { MessageTemplateView } from '../../api/desk.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { SettingCard } from './setting-card.tsx'
import own from './template-form.module.css'

const MOST = 50

/** A template while it is edited: its key stays when others come and go. */
interface Edited extends MessageTemplateView {
  readonly key: number
}

/** The texts that technicians put into messages. */
export function TemplateForm({ saved }: { readonly saved: readonly MessageTemplateView[] }) {
  const [edited, setEdited] = useState<readonly Edited[]>(() => saved.map((each, key) => ({ ...each, key })))
  const change = (key: number, part: Partial<MessageTemplateView>) =>
    setEdited(edited.map((each) => (each.key === key ? { ...each, ...part } : each)))
  const nextKey = Math.max(-1, ...edited.map(({ key }) => key)) + 1
  return (
    <SettingCard
      title="Templates for messages"
      about="Technicians insert them when they write to a person, and change them as they like. {requester}, {number} and {technician} are filled in."
      action="Save the templates"
      read={() => ({ messageTemplates: edited.map(({ title, text }) => ({ title: title.trim(), text: text.trim() })) })}
      buttons={
        <Button
          disabled={edited.length >= MOST}
          onClick={() => setEdited([...edited, { key: nextKey, title: '', text: '' }])}
        >
          Add a template
        </Button>
      }
    >
      {edited.map((template, at) => (
        <TemplateFields
          key={template.key}
          number={at + 1}
          template={template}
          onChange={(part) => change(template.key, part)}
          onRemove={() => setEdited(edited.filter(({ key }) => key !== template.key))}
        />
      ))}
    </SettingCard>
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
