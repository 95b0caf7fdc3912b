import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { useSingleKeys } from '../../ui/shortcuts.ts'
import styles from './keys-dialog.module.css'

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['j / k', 'Next or previous ticket'],
  ['Enter', 'Open the ticket'],
  ['/', 'Search in the queue'],
  ['n', 'New ticket'],
  ['?', 'Show these keys'],
  ['Ctrl+K, Cmd+K', 'Search everywhere, from every page'],
]

/** The keys of the queue, and the switch for those without Ctrl or Cmd. */
export function KeysDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const [isOn, setOn] = useSingleKeys()
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      <dl className={styles.keys}>
        {KEYS.map(([keys, does]) => (
          <div className={styles.line} key={keys}>
            <dt>
              <kbd className={styles.key}>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className={styles.switch}>
        <input type="checkbox" checked={isOn} onChange={({ target }) => setOn(target.checked)} />
        Single keys are on. Switch them off if you speak to your computer.
      </label>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  )
}
