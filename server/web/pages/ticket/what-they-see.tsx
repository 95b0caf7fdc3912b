import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { useQuery } from '@tanstack/react-query'
import { apiGet } from '../../api/client.ts'
import type { AskedCollector } from '../../api/consent.ts'
import { useSession } from '../../api/session.ts'
import { lengthText } from '../../ui/words.tsx'
import styles from './what-they-see.module.css'

/** What is about to be asked. */
export interface Asking {
  readonly deviceId: string
  readonly purpose: string
  readonly collectors: readonly AskedCollector[]
  readonly durationMs: number
  readonly answerWithinMs: number
  readonly personalData: 'keep' | 'pseudonymise'
}

export interface SettingsView {
  readonly organisationName: string
  readonly organisationContact: string
  readonly retentionDays: number
  readonly personalData: 'keep' | 'pseudonymise'
}

export function useSettings() {
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => apiGet<SettingsView>('/api/settings', {}, signal),
    staleTime: 300_000,
  })
}

/**
 * What the person at the machine reads before they answer: who asks and why, and of each collector the agent's own words.
 * The agent shows them; the server cannot change them.
 */
export function WhatTheySee({
  asking,
  catalogue,
}: {
  readonly asking: Asking
  readonly catalogue: readonly CatalogueEntry[]
}) {
  const { user, role } = useSession()
  const { data: settings } = useSettings()
  const entries = asking.collectors.flatMap(({ id }) => catalogue.find((entry) => entry.id === id) ?? [])
  return (
    <section className={styles.preview} aria-label="What the person will see">
      <h3>What the person will see</h3>
      <p>
        <strong>{user.name}</strong> ({role}
        {settings === undefined ? '' : `, ${settings.organisationName}`}) asks to read something from this computer.
      </p>
      <p className={styles.purpose}>{asking.purpose === '' ? 'No purpose is written yet.' : asking.purpose}</p>
      {entries.length === 0 ? <p className={styles.soft}>Nothing is chosen yet.</p> : null}
      <ul className={styles.list}>
        {entries.map((entry) => (
          <li key={entry.id}>
            <strong>{entry.title}</strong>
            <p>{entry.tellUser}</p>
            <p className={styles.soft}>{entry.notRead}</p>
          </li>
        ))}
      </ul>
      <p>
        Lasts at most {lengthText(asking.durationMs)} from the answer on; they can shorten or stop it at any time.{' '}
        {asking.personalData === 'pseudonymise'
          ? 'Names and addresses are replaced before anything is sent.'
          : 'Names and addresses are sent as they are.'}{' '}
        {settings === undefined ? null : `Kept for ${settings.retentionDays} days.`}
      </p>
    </section>
  )
}
