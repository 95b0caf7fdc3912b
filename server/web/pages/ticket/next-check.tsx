import { Play } from 'lucide-react'
import { isAllowed, useRequests } from '../../api/consent.ts'
import { collectorTitle, useDevice } from '../../api/devices.ts'
import type { FindingView } from '../../api/findings.ts'
import type { RunView } from '../../api/runs.ts'
import { useMay, useSession } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { useOrderRuns } from '../../api/use-runs.ts'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { useNow } from '../../ui/time.tsx'
import type { AskDraft } from './ask-draft.ts'
import { DEFAULT_DURATION_MS } from './ask-draft.ts'

interface NextCheckProps {
  readonly ticket: TicketView
  readonly finding: FindingView
  readonly runs: readonly RunView[]
  readonly onAsk: (draft: AskDraft) => void
}

/** The next check of a finding as a button. */
export function NextCheck({ ticket, finding, runs, onAsk }: NextCheckProps) {
  const { nextCheck, evidence, statement } = finding.content
  const seenOn = runs.find(({ id }) => id === evidence[0]?.runId)?.deviceId
  const deviceId = seenOn ?? ticket.deviceIds[0] ?? ''
  const purpose = `We found this: ${statement} To be sure I would like to look at one more thing.`
  return <CheckButton {...{ ticket, deviceId, purpose, onAsk }} collector={nextCheck.collector ?? ''} />
}

/** One collector as a button: it runs at once where the person allowed it already, and asks otherwise. */
export function CheckButton({
  ticket,
  deviceId,
  collector,
  purpose,
  onAsk,
}: Pick<NextCheckProps, 'ticket' | 'onAsk'> & {
  readonly deviceId: string
  readonly collector: string
  readonly purpose: string
}) {
  const mayAsk = useMay('consent.ask') && ticket.state !== 'closed'
  const { data: device } = useDevice(deviceId)
  const entry = device?.catalogue?.find(({ id }) => id === collector)
  const grantId = useGrantFor(ticket.id, deviceId, collector)
  if (!mayAsk || device === undefined || entry === undefined || !entry.available) return null
  if (device.reportOnYou !== null) return null
  const title = collectorTitle(device.catalogue, entry.id)
  if (grantId !== null && device.online)
    return <RunNow ticketId={ticket.id} grantId={grantId} collector={entry.id} title={title} />
  return (
    <Button
      small
      onClick={() =>
        onAsk({
          deviceId,
          collectors: [{ id: entry.id, params: {} }],
          purpose: purpose.slice(0, 1_000),
          durationMs: DEFAULT_DURATION_MS,
        })
      }
    >
      Ask for: {title}
    </Button>
  )
}

/** The permission of who is signed in that allows a collector on a device now; null when there is none. */
function useGrantFor(ticketId: string, deviceId: string, collector: string): string | null {
  const { user } = useSession()
  const { data: requests } = useRequests(ticketId)
  const now = useNow(1_000)
  const request = requests?.find(
    (each) =>
      each.deviceId === deviceId &&
      each.grant?.technicianId === user.id &&
      isAllowed(each, now) &&
      each.grant.collectors.some(({ id }) => id === collector),
  )
  return request?.grant?.grantId ?? null
}

function RunNow({
  ticketId,
  grantId,
  collector,
  title,
}: {
  readonly ticketId: string
  readonly grantId: string
  readonly collector: string
  readonly title: string
}) {
  const order = useOrderRuns(ticketId)
  return (
    <>
      <Button small disabled={order.isPending} onClick={() => order.mutate({ grantId, collectors: [collector] })}>
        <Play aria-hidden="true" size={14} />
        Run: {title}
      </Button>
      <Problem error={order.error} />
    </>
  )
}
