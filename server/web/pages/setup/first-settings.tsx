import { useSettings } from '../../api/settings.ts'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { SettingsForm } from '../admin/settings-form.tsx'
import styles from '../desk.module.css'

/** Screen 2: what the organisation is called and decides. */
export function FirstSettings({ onDone }: { readonly onDone: () => void }) {
  const { data, error, isPending } = useSettings()
  return (
    <section className={styles.stack} aria-labelledby="organisation-heading">
      <h1 id="organisation-heading">Your organisation</h1>
      <p>People see name and contact each time they are asked for consent, so that they know who asks.</p>
      <Problem error={error} />
      {isPending ? <Loading /> : null}
      {data === undefined ? null : <SettingsForm settings={data} action="Save and go on" onSaved={onDone} />}
    </section>
  )
}
