import { Download, FileText } from 'lucide-react'
import { useState } from 'react'
import type { AttachmentView } from '../../api/attachments.ts'
import { contentOf, useAttachments } from '../../api/attachments.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClass } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { bytesText } from '../../ui/words.tsx'
import styles from './stated-files.module.css'
import type { StatedFile } from './statement.ts'

/** Files that a statement names: pictures small, everything as a download; what has not arrived says so. */
export function StatedFiles({ ticketId, files }: { readonly ticketId: string; readonly files: readonly StatedFile[] }) {
  return files.length === 0 ? null : <Files ticketId={ticketId} files={files} />
}

function Files({ ticketId, files }: { readonly ticketId: string; readonly files: readonly StatedFile[] }) {
  const { data: arrived } = useAttachments(ticketId)
  return (
    <ul className={styles.files}>
      {files.map((file) => (
        <li key={file.attachmentId}>
          <OneFile file={file} arrived={arrived?.find(({ id }) => id === file.attachmentId)} />
        </li>
      ))}
    </ul>
  )
}

function OneFile({ file, arrived }: { readonly file: StatedFile; readonly arrived: AttachmentView | undefined }) {
  if (arrived?.state !== 'complete')
    return (
      <span className={styles.missing}>
        <FileText aria-hidden="true" size={16} /> {file.name} <Badge tone="warn">{standing(arrived)}</Badge>
      </span>
    )
  return (
    <>
      {file.mediaType.startsWith('image/') ? <Picture file={file} /> : null}
      <a
        className={buttonClass({ small: true, look: 'quiet' })}
        href={contentOf(file.attachmentId)}
        download={file.name}
      >
        <Download aria-hidden="true" size={16} />
        {file.name} ({bytesText(file.bytes)})
      </a>
    </>
  )
}

function standing(arrived: AttachmentView | undefined): string {
  if (arrived?.state === 'refused') return 'Refused: not the file that was stated'
  if (arrived?.state === 'deleted') return 'Deleted: the ticket was closed long ago'
  return 'Has not arrived yet'
}

/** A picture in small; a click shows it whole. It is drawn by the browser as a picture and as nothing else. */
function Picture({ file }: { readonly file: StatedFile }) {
  const [isOpen, setOpen] = useState(false)
  const source = contentOf(file.attachmentId)
  return (
    <>
      <button
        type="button"
        className={styles.small}
        aria-label={`Show ${file.name} whole`}
        onClick={() => setOpen(true)}
      >
        <img src={source} alt="" loading="lazy" />
      </button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={file.name} wide>
        <img className={styles.whole} src={source} alt={`What the person shows: ${file.name}`} />
      </Dialog>
    </>
  )
}
