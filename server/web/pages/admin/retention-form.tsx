import type { SettingsView } from '../../api/desk.ts'
import { TextField } from '../../ui/field.tsx'
import { counted } from '../../ui/words.tsx'
import styles from '../desk.module.css'
import { SettingCard } from './setting-card.tsx'

/** When rows and files of closed tickets are deleted. */
export function RetentionForm({ settings }: { readonly settings: SettingsView }) {
  const { retention, retentionDays } = settings
  return (
    <SettingCard
      title="Deleting old rows and files"
      about="Once a day, rows and files of tickets that were closed long enough are deleted for good. What people signed, the logs and all digests stay, and exports still verify. Leads can put a ticket on legal hold."
      action="Save what is deleted"
      read={(form) => ({
        retention: { isOn: form.get('isOn') === 'on', closedDays: Number(form.get('closedDays')) },
      })}
    >
      <label className={styles.check}>
        <input type="checkbox" name="isOn" defaultChecked={retention.isOn} />
        Delete rows and files of closed tickets
      </label>
      <TextField
        label="Days after the last change of a closed ticket"
        hint={`People are told ${counted(retentionDays, 'day')}; it can be no more than that.`}
        name="closedDays"
        type="number"
        min={1}
        max={3_650}
        defaultValue={retention.closedDays}
        required
      />
    </SettingCard>
  )
}
