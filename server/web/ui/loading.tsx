import styles from './loading.module.css'

/** Stands where something is on its way; quiet for the first moments, so that quick answers do not flicker. */
export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <p className={styles.loading} role="status">
      {what} …
    </p>
  )
}
