import type { ClosingRulesView } from '../../api/desk.ts'
import { TextField } from '../../ui/field.tsx'
import { SettingCard } from './setting-card.tsx'

/** When a ticket ends without an answer, and how long it can come back. */
export function ClosingForm({ saved }: { readonly saved: ClosingRulesView }) {
  return (
    <SettingCard
      title="The end of tickets"
      action="Save the end of tickets"
      read={(form) => ({
        closing: { noAnswerDays: Number(form.get('noAnswerDays')), reopenDays: Number(form.get('reopenDays')) },
      })}
    >
      <TextField
        label="A resolved ticket without an answer closes after (days)"
        hint="As “no answer”, never as confirmed. Half-way the person is reminded."
        name="noAnswerDays"
        type="number"
        min={1}
        max={90}
        defaultValue={saved.noAnswerDays}
        required
      />
      <TextField
        label="A closed ticket can be opened again for (days)"
        hint="By a lead, or by the technician who had it."
        name="reopenDays"
        type="number"
        min={1}
        max={365}
        defaultValue={saved.reopenDays}
        required
      />
    </SettingCard>
  )
}
