import type { QrView } from '../api/account.ts'
import styles from './qr-code.module.css'

/** A QR code, dark on light in both themes: cameras read nothing else reliably. */
export function QrCode({ qr, label }: { readonly qr: QrView; readonly label: string }) {
  return (
    <svg className={styles.code} viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={label}>
      <path d={qr.path} />
    </svg>
  )
}
