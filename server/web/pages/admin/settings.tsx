import { LIMITS } from '@askfirst/protocol/limits.ts'
import { useSettings } from '../../api/settings.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import styles from '../desk.module.css'
import { ClosingForm } from './closing-form.tsx'
import { MailForm } from './mail-form.tsx'
import { MatrixForm } from './matrix-form.tsx'
import { RetentionForm } from './retention-form.tsx'
import { ServiceLevelForm } from './service-level-form.tsx'
import { SettingsForm } from './settings-form.tsx'
import { TemplateForm } from './template-form.tsx'

/** What the organisation decides, and the limits that nobody changes. */
export function Settings() {
  const { data, error, isPending } = useSettings()
  return (
    <>
      <PageTitle title="Settings" />
      <div className={styles.columns}>
        <div className={styles.stack}>
          <section className={styles.card} aria-label="Organisation">
            <Problem error={error} />
            {isPending ? <Loading /> : null}
            {data === undefined ? null : <SettingsForm settings={data} action="Save" />}
          </section>
          {data === undefined ? null : <ClosingForm saved={data.closing} />}
          {data === undefined ? null : <RetentionForm settings={data} />}
          {data === undefined ? null : <MailForm saved={data.mail} />}
          <section className={styles.card} aria-labelledby="limits-heading">
            <h2 id="limits-heading">Fixed limits</h2>
            <p className={styles.soft}>
              Part of the protocol: agents refuse more, whatever a server says. A collector may have smaller ones.
            </p>
            <dl className={styles.facts}>
              <dt>Permission of a person</dt>
              <dd>at most {hours(LIMITS.maxGrantMs)} hours</dd>
              <dt>Time to answer</dt>
              <dd>at most {hours(LIMITS.maxAnswerMs)} hours, then it counts as no answer</dd>
              <dt>Collectors in one request</dt>
              <dd>{LIMITS.maxCollectorsPerRequest}</dd>
              <dt>Open runs of a device</dt>
              <dd>{LIMITS.maxOpenRuns}</dd>
              <dt>Longest row</dt>
              <dd>{LIMITS.maxRowBytes / 1_024} KiB</dd>
              <dt>Session of a browser</dt>
              <dd>ends after 30 minutes without use, and after 12 hours</dd>
              <dt>Sign-in</dt>
              <dd>8 passwords and 10 codes an account in 15 minutes</dd>
            </dl>
          </section>
        </div>
        <div className={styles.stack}>
          {data === undefined ? null : <MatrixForm saved={data.priorityMatrix} />}
          {data === undefined ? null : <ServiceLevelForm saved={data.serviceLevel} />}
          {data === undefined ? null : <TemplateForm saved={data.messageTemplates} />}
        </div>
      </div>
    </>
  )
}

function hours(ms: number): number {
  return ms / 3_600_000
}
