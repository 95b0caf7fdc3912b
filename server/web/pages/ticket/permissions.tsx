import { useMutation, useQueryClient } from '@tanstack/react-query'
import { apiSend } from '../../api/client.ts'
import type { RequestView } from '../../api/consent.ts'
import { isAllowed, isAllowedAhead, isWaiting, requestsKey } from '../../api/consent.ts'
import { collectorTitle } from '../../api/devices.ts'
import { useMay } from '../../api/session.ts'
import type { DeviceDetailView, TicketView } from '../../api/types.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Ago, Countdown, fullTime, useNow } from '../../ui/time.tsx'
import { AllowedRuns } from './allowed-runs.tsx'
import type { AskDraft } from './ask-draft.ts'
import { spanText } from './ask-words.ts'
import { MatchCode } from './match-code.tsx'
import styles from './permissions.module.css'
import { codeText } from './run-words.ts'

interface PermissionProps {
  readonly ticket: TicketView
  readonly device: DeviceDetailView
  readonly onAsk: (draft: AskDraft) => void
}

/** Every request that lives on a device; without one, how the last ended. */
export function Permissions({ requests, ...rest }: PermissionProps & { readonly requests: readonly RequestView[] }) {
  const now = useNow(1_000)
  const ofDevice = requests.filter(({ deviceId }) => deviceId === rest.device.id)
  const alive = ofDevice.filter(
    (request) => isWaiting(request, now) || isAllowed(request, now) || isAllowedAhead(request, now),
  )
  const shown = alive.length > 0 ? alive.toReversed() : ofDevice.slice(-1)
  return shown.map((request) => <Permission key={request.id} request={request} now={now} {...rest} />)
}

function Permission({
  request,
  now,
  ticket,
  device,
  onAsk,
}: PermissionProps & { readonly request: RequestView; readonly now: number }) {
  if (isWaiting(request, now)) return <Waiting ticket={ticket} device={device} request={request} />
  if (isAllowed(request, now)) return <Allowed ticket={ticket} device={device} request={request} />
  if (isAllowedAhead(request, now)) return <Ahead ticket={ticket} device={device} request={request} />
  const again = () =>
    onAsk({
      deviceId: request.deviceId,
      collectors: request.collectors,
      purpose: request.purpose,
      durationMs: request.durationMs,
      appointmentId: request.window?.appointmentId ?? null,
    })
  return <Ended ticket={ticket} device={device} request={request} onAgain={again} />
}

const STEPS = ['Sent', 'Arrived on the device', 'Shown to the person', 'Answered'] as const
const REACHED: Readonly<Record<string, number>> = { asked: 0, received: 1, shown: 2 }

interface PartProps {
  readonly ticket: TicketView
  readonly device: DeviceDetailView
  readonly request: RequestView
}

function Waiting({ ticket, device, request }: PartProps) {
  const reached = REACHED[request.state] ?? 0
  return (
    <div className={styles.card} data-tone="warn">
      <div className={styles.head}>
        <h2>{reached === 0 ? 'Waits for the device' : 'Waits for the person'}</h2>
        <span className={styles.left}>
          <Countdown until={request.answerBy} /> left
        </span>
      </div>
      <MatchCode code={request.matchCode} />
      <ol className={styles.steps}>
        {STEPS.map((step, at) => (
          <li key={step} data-reached={at <= reached} {...(at === reached ? { 'aria-current': 'step' as const } : {})}>
            {step}
          </li>
        ))}
      </ol>
      {reached === 0 && !device.online ? (
        <p className={styles.soft}>The device is offline; it arrives when it connects.</p>
      ) : null}
      <p className={styles.soft}>
        {request.technicianName} asked <Ago at={request.askedAt} /> for {titles(request, device)}
        {request.window === null ? '' : `, only for ${spanText(request.window)}`}.
      </p>
      <Withdraw ticket={ticket} request={request} does="Take the request back" />
    </div>
  )
}

function Allowed({ ticket, device, request }: PartProps) {
  const { grant } = request
  if (grant === null) return null
  const refused = request.collectors.filter(({ id }) => !grant.collectors.some((allowed) => allowed.id === id))
  return (
    <div className={styles.card} data-tone="good">
      <div className={styles.head}>
        <h2>Allowed</h2>
        <span className={styles.left} title={fullTime(grant.expiresAt)}>
          <Countdown until={grant.expiresAt} /> left
        </span>
      </div>
      {grant.review ? (
        <p>
          <Badge tone="warn">Review</Badge> The person looks at the rows before they are sent.
        </p>
      ) : null}
      <AllowedRuns ticket={ticket} device={device} request={request} grant={grant} />
      {refused.length === 0 ? null : (
        <p className={styles.soft}>
          Not allowed: {refused.map(({ id }) => collectorTitle(device.catalogue, id)).join(', ')}
        </p>
      )}
      <Withdraw ticket={ticket} request={request} does="End the permission early" />
    </div>
  )
}

/** Allowed for an appointment only: nothing can be run before it begins. */
function Ahead({ ticket, device, request }: PartProps) {
  const { grant } = request
  if (grant === null) return null
  return (
    <div className={styles.card} data-tone="good">
      <div className={styles.head}>
        <h2>Allowed ahead</h2>
        <span className={styles.left}>
          begins in <Countdown until={grant.validFrom} />
        </span>
      </div>
      <p>
        Allowed from {fullTime(grant.validFrom)} to {fullTime(grant.expiresAt)} only. Nothing is read before.
      </p>
      <p className={styles.soft}>
        {grant.collectors.map(({ id }) => collectorTitle(device.catalogue, id)).join(', ')}
        {grant.review ? '. The person looks at the rows before they are sent.' : null}
      </p>
      <Withdraw ticket={ticket} request={request} does="End the permission" />
    </div>
  )
}

function Withdraw({ ticket, request, does }: Pick<PartProps, 'ticket' | 'request'> & { readonly does: string }) {
  const queries = useQueryClient()
  const mayAsk = useMay('consent.ask')
  const withdraw = useMutation({
    mutationFn: () => apiSend('DELETE', `/api/tickets/${ticket.id}/consent-requests/${request.id}`),
    onSuccess: () => queries.invalidateQueries({ queryKey: requestsKey(ticket.id) }),
  })
  if (!mayAsk) return null
  return (
    <div className={styles.actions}>
      <Problem error={withdraw.error} />
      <Button small look="danger" disabled={withdraw.isPending} onClick={() => withdraw.mutate()}>
        {does}
      </Button>
    </div>
  )
}

function Ended({ ticket, device, request, onAgain }: PartProps & { readonly onAgain: () => void }) {
  const mayAsk = useMay('consent.ask') && ticket.state !== 'closed' && device.reportOnYou === null
  const { title, detail } = endOf(request)
  return (
    <div className={styles.card}>
      <h2>{title}</h2>
      <p>{detail}</p>
      <p className={styles.soft}>
        Asked <Ago at={request.askedAt} /> for {titles(request, device)}.
      </p>
      {mayAsk ? (
        <div className={styles.actions}>
          <Button small onClick={onAgain}>
            Ask again
          </Button>
        </div>
      ) : null}
    </div>
  )
}

function endOf(request: RequestView): { readonly title: string; readonly detail: string } {
  const { state, stateReason, grantEndedAt, grantEndReason } = request
  if (request.grant !== null) {
    if (grantEndedAt === null) return { title: 'The permission ended', detail: 'Its time is over.' }
    if (grantEndReason === 'revoked')
      return { title: 'Taken back', detail: `The person took the permission back on ${fullTime(grantEndedAt)}.` }
    return { title: 'Ended by the desk', detail: `The permission ended on ${fullTime(grantEndedAt)}.` }
  }
  if (state === 'refused')
    return {
      title: 'The person said no',
      detail: stateReason === null || stateReason === '' ? 'They gave no reason.' : `“${stateReason}”`,
    }
  if (state === 'rejected') return { title: 'The device did not show it', detail: codeText(stateReason ?? '') }
  if (state === 'withdrawn' && stateReason !== 'expired')
    return { title: 'Taken back by the desk', detail: 'The person is not asked any more.' }
  return { title: 'No answer', detail: 'Nobody answered in time. Silence is a no; you can ask again.' }
}

function titles(request: RequestView, device: DeviceDetailView): string {
  return request.collectors.map(({ id }) => collectorTitle(device.catalogue, id)).join(', ')
}
