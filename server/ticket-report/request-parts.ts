import type { Grant } from '@askfirst/protocol/consent-record.ts'
import { ConsentRecord } from '@askfirst/protocol/consent-record.ts'
import { Compile } from 'typebox/compile'
import type { StoredRequest } from '../store/entities.ts'
import type { EditionView } from './edition-view.ts'
import type { Block, Fact } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import { codeText, lengthText, requestStateText, timeText } from './report-words.ts'

const isRecord = Compile(ConsentRecord)

/** Who asked whom for what, and what the person said: one part for each request that the edition may show. */
export function requestParts({ requests }: ReportInput, view: EditionView): readonly Block[] {
  return requests
    .filter(({ deviceId }) => view.showsDevice(deviceId))
    .map((stored) => ({
      kind: 'part',
      title: `${timeText(stored.createdAt)}: ${requestStateText(stored.state)}`,
      blocks: [{ kind: 'facts', facts: factsOf(stored, view) }],
    }))
}

function factsOf(stored: StoredRequest, view: EditionView): readonly Fact[] {
  const { request, grant } = stored
  const titles = (ids: readonly { readonly id: string }[]) => ids.map(({ id }) => view.collector(id)).join(', ')
  const refused = request.collectors.filter(
    ({ id }) => grant?.collectors.some((allowed) => allowed.id === id) === false,
  )
  return [
    ['Asked by', `${request.technician.name} (${request.technician.role}), ${request.organisation.name}`],
    ['Device', view.device(stored.deviceId)],
    ['Purpose', request.purpose],
    ['Match code', stored.matchCode],
    ['Asked for', `${titles(request.collectors)}; ${askedTime(request)}`],
    ...(grant === null ? [] : [['Allowed', `${titles(grant.collectors)}; ${grantedTime(stored, grant)}`] as const]),
    ...(refused.length === 0 ? [] : [['Not allowed', titles(refused)] as const]),
    ...(grant?.review === true ? [['Review', 'The person looks at the rows before they are sent'] as const] : []),
    ...answerFacts(stored),
    ...endFacts(stored),
  ]
}

/** How long, or for which times alone, it was asked. */
function askedTime({ window, durationMs }: StoredRequest['request']): string {
  return window === undefined ? `for ${lengthText(durationMs)}` : `${spanText(window.from, window.until)} only`
}

function grantedTime({ request }: StoredRequest, { validFrom, expiresAt }: Grant): string {
  return request.window === undefined ? `until ${timeText(expiresAt)}` : `${spanText(validFrom, expiresAt)} only`
}

function spanText(from: string, until: string): string {
  return `from ${timeText(from)} to ${timeText(until)}`
}

function answerFacts({ jws, state, stateReason }: StoredRequest): readonly Fact[] {
  const record = recordOf(jws)
  const answered = record?.events.find(({ event }) => event === 'answered')
  const by = record?.parties.principal.osUser
  const method = record?.decision.method
  return [
    ...(by === undefined ? [] : [['Answered by', `${by}${method === undefined ? '' : ` (${method})`}`] as const]),
    ...(answered === undefined ? [] : [['Answered', timeText(answered.at)] as const]),
    ...(stateReason === null || stateReason === ''
      ? []
      : [
          [
            state === 'rejected' ? 'Why' : 'In their words',
            state === 'rejected' ? codeText(stateReason) : stateReason,
          ] as const,
        ]),
  ]
}

const ENDS: Readonly<Record<NonNullable<StoredRequest['grantEndReason']>, string>> = {
  revoked: 'taken back by the person',
  withdrawn: 'taken back by the desk',
  'ticket-closed': 'the ticket was closed',
}

function endFacts({ grantEndedAt, grantEndReason }: StoredRequest): readonly Fact[] {
  if (grantEndedAt === null) return []
  return [['Ended', `${timeText(grantEndedAt)}${grantEndReason === null ? '' : `, ${ENDS[grantEndReason]}`}`]]
}

/** The payload of a receipt that the server verified when it came; null for none. */
function recordOf(jws: string | null): ConsentRecord | null {
  if (jws === null) return null
  try {
    const payload: unknown = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return isRecord.Check(payload) ? payload : null
  } catch {
    return null
  }
}
