import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { apiSend } from '../../api/client.ts'
import type { ReportView } from '../../api/reports.ts'
import { useMay, useSession } from '../../api/session.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from '../desk.module.css'
import own from './report-card.module.css'

/** One report: about whom, from whom, on which device and ticket, in the person's own words. */
export function ReportCard({ report }: { readonly report: ReportView }) {
  const headingId = `${report.id}-heading`
  return (
    <article className={`${styles.card} ${own.card}`} data-state={report.state} aria-labelledby={headingId}>
      <div className={styles.between}>
        <h3 className={own.about} id={headingId}>
          About {report.technicianName}
        </h3>
        {report.state === 'open' ? <Badge tone="bad">Blocked on this device</Badge> : <Badge>Block lifted</Badge>}
      </div>
      {report.reason === null || report.reason === '' ? (
        <p className={styles.soft}>The person gave no reason.</p>
      ) : (
        <blockquote className={own.quote}>{report.reason}</blockquote>
      )}
      <dl className={styles.facts}>
        <dt>Reported by</dt>
        <dd>
          {report.osUser} <Ago at={report.at} />
        </dd>
        <dt>Device</dt>
        <dd>
          <Link href={`/devices/${report.deviceId}`}>{report.deviceName}</Link>
        </dd>
        <dt>Ticket</dt>
        <dd>
          <Link href={`/tickets/${report.ticketId}`}>
            #{report.ticketNumber} {report.ticketTitle}
          </Link>
        </dd>
        <dt>Signature</dt>
        <dd>
          <Signature report={report} />
        </dd>
        {report.state === 'open' ? null : <Lifted report={report} />}
      </dl>
      {report.state === 'open' ? <Lift report={report} /> : null}
    </article>
  )
}

function Signature({ report }: { readonly report: ReportView }) {
  if (report.asSigned) return <Badge tone="good">Verified</Badge>
  return (
    <>
      <Badge tone="bad">Not verified</Badge> What stands here is not what the device signed. Somebody changed it after
      it arrived, or the device’s certificate is not known any more.
    </>
  )
}

function Lifted({ report }: { readonly report: ReportView }) {
  return (
    <>
      <dt>Lifted by</dt>
      <dd>
        {report.clearedByName ?? 'Unknown'} {report.clearedAt === null ? null : <Ago at={report.clearedAt} />}
      </dd>
      <dt>Because</dt>
      <dd className={own.because}>{report.clearReason}</dd>
    </>
  )
}

function Lift({ report }: { readonly report: ReportView }) {
  const queries = useQueryClient()
  const { user } = useSession()
  const mayClear = useMay('report.clear')
  const [isAsking, setAsking] = useState(false)
  if (!mayClear) return null
  if (report.technicianId === user.id)
    return <Notice>This report is about you. Somebody else has to look at it and lift the block.</Notice>
  const lift = async (reason: string) => {
    await apiSend('POST', `/api/reports/${report.id}/clear`, { reason })
    await queries.invalidateQueries()
  }
  return (
    <div>
      <Button onClick={() => setAsking(true)} aria-label={`Lift the block of ${report.technicianName}`}>
        Lift the block
      </Button>
      {isAsking ? (
        <ReasonDialog
          title={`Lift the block of ${report.technicianName}?`}
          hint="The person reads it, and it stands in the ticket’s log and in the audit log."
          maxLength={500}
          action="Lift the block"
          look="danger"
          cancel="Keep the block"
          onReason={lift}
          onClose={() => setAsking(false)}
        >
          <ul className={own.effects}>
            <li>
              {report.technicianName} can ask the person at {report.deviceName} again. Every request still needs that
              person’s yes.
            </li>
            <li>The device is told that you lifted the block, with your name and the reason below.</li>
            <li>This report cannot be opened again. The person can report the next request.</li>
          </ul>
          {report.asSigned ? null : <Notice tone="warn">The signature of this report could not be verified.</Notice>}
        </ReasonDialog>
      ) : null}
    </div>
  )
}
