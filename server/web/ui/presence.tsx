import styles from './presence.module.css'

/** Whether a device is connected: a filled or an empty dot, and the word, which may be for screen readers alone. */
export function Presence({ online, quiet = false }: { readonly online: boolean; readonly quiet?: boolean }) {
  const word = online ? 'Online' : 'Offline'
  return (
    <span className={styles.presence} title={word}>
      <span className={styles.dot} data-online={online} aria-hidden="true" />
      <span className={quiet ? 'visually-hidden' : undefined}>{word}</span>
    </span>
  )
}
