import type { FormEvent } from 'react'
import type { KnowledgeContent, KnowledgeState } from '../../api/knowledge.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import desk from '../desk.module.css'
import styles from './knowledge.module.css'
import { KNOWLEDGE_PARTS } from './knowledge-words.tsx'

/** What the form sends: the texts, and how the entry stands afterwards. */
export interface WrittenKnowledge extends KnowledgeContent {
  readonly state: KnowledgeState
}

/** The texts of an entry, saved as a draft or published. */
export function KnowledgeForm({
  content,
  isBusy,
  onSave,
  onCancel,
}: {
  readonly content: KnowledgeContent
  readonly isBusy: boolean
  readonly onSave: (written: WrittenKnowledge) => void
  readonly onCancel: () => void
}) {
  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const { nativeEvent } = event
    const by = nativeEvent instanceof SubmitEvent ? nativeEvent.submitter : null
    const isPublished = by instanceof HTMLButtonElement && by.value === 'published'
    onSave({ ...written(new FormData(event.currentTarget)), state: isPublished ? 'published' : 'draft' })
  }
  return (
    <form className={styles.form} onSubmit={save}>
      <p className={desk.soft}>
        Everybody at the desk can read this, and it stays when the ticket’s own data is deleted: leave out names of
        people and machines.
      </p>
      <TextField label="Title" name="title" defaultValue={content.title} maxLength={200} required />
      {KNOWLEDGE_PARTS.map(({ field, label, hint }) => (
        <TextArea
          key={field}
          label={label}
          hint={hint}
          name={field}
          defaultValue={content[field]}
          rows={5}
          maxLength={8_000}
        />
      ))}
      <TextField
        label="Rules"
        hint="Rules whose findings point to it, with spaces between them, such as disk.full."
        name="rules"
        defaultValue={content.rules.join(' ')}
        pattern={RULES}
        title="Names of rules with spaces between them"
        spellCheck={false}
      />
      <div className={desk.row}>
        <Button type="submit" name="state" value="draft" disabled={isBusy}>
          Save as draft
        </Button>
        <Button type="submit" name="state" value="published" look="primary" disabled={isBusy}>
          Publish
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  )
}

/** As the server takes them, with spaces between. */
const RULES = '\\s*([a-z][a-z0-9.\\-]{0,63}\\s*(\\s|$)){0,32}'

function written(form: FormData): KnowledgeContent {
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const rules = text('rules').split(/\s+/)
  return {
    title: text('title'),
    symptoms: text('symptoms'),
    rules: [...new Set(rules.filter((rule) => rule !== ''))],
    cause: text('cause'),
    fix: text('fix'),
    prevention: text('prevention'),
  }
}
