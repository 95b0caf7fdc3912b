import { ConsentRecord, RECEIPT_TYP, REVOCATION_TYP, RevocationRecord } from '@askfirst/protocol/consent-record.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId, GrantId, RequestId } from '@askfirst/protocol/ids.ts'
import { Compile } from 'typebox/compile'
import { isoNow } from '../clock.ts'
import { hearAtDevice } from '../requester/heard-language.ts'
import type { Device, DeviceCertificate, StoredRequest } from '../store/entities.ts'
import { recordProblem, revocationProblem } from './check-record.ts'
import type { ConsentDeps } from './consent-deps.ts'
import { deviceActor, logDraft, publishChange } from './consent-deps.ts'
import { loadDeviceCollectors } from './device-collectors.ts'
import { verifyJws } from './verify-jws.ts'

/** Whether a receipt or revocation stands in the findings log now; a refusal is for good. */
export type RecordOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string }

const isConsentRecord = Compile(ConsentRecord)
const isRevocationRecord = Compile(RevocationRecord)
const RECORDED: RecordOutcome = { ok: true }

/** Verifies a signed decision and appends it to the findings log; nothing can be ordered under it before (SPEC C11). */
export async function recordReceipt(
  deps: ConsentDeps,
  from: DeviceId,
  { requestId, jws }: { readonly requestId: RequestId; readonly jws: string },
): Promise<RecordOutcome> {
  const stored = await deps.store.consent.get(requestId)
  if (stored === null || stored.deviceId !== from)
    return refused('REQUEST_UNKNOWN', 'there is no such request for this device')
  if (stored.jws === jws) return RECORDED
  const signer = await loadSigner(deps, from)
  const verified = verifyJws(jws, RECEIPT_TYP, signer.certificates)
  if (!verified.ok) return refused('RECEIPT_INVALID', verified.reason)
  if (!isConsentRecord.Check(verified.payload)) return refused('RECEIPT_INVALID', 'its payload is not a consent record')
  const record = verified.payload
  const collectors = await loadDeviceCollectors(deps.store, signer.device)
  const problem = recordProblem(record, { stored, certificate: verified.certificate, collectors })
  if (problem !== null) return refused('RECEIPT_INVALID', problem)
  if (await isGrantTaken(deps, record, stored))
    return refused('RECEIPT_INVALID', 'its grant id belongs to another request')
  try {
    return await store(deps, { stored, record, jws, device: signer.device })
  } catch (error) {
    // Ids are the device's to choose; one that stands for something else already is refused, not tried again.
    if (!(error instanceof AskFirstError && error.code === 'CONFLICT')) throw error
    return refused('RECEIPT_INVALID', 'its receipt id or grant id is taken')
  }
}

async function store(
  deps: ConsentDeps,
  input: {
    readonly stored: StoredRequest
    readonly record: ConsentRecord
    readonly jws: string
    readonly device: Device
  },
): Promise<RecordOutcome> {
  const { stored, record, jws, device } = input
  const grant = record.decision.grant ?? null
  const { outcome, request } = await deps.store.consent.recordReceipt({
    id: stored.id,
    receiptId: record.header.recordId,
    jws,
    state: record.decision.state,
    stateReason: record.decision.reason ?? null,
    grant,
    log: logDraft(deps.clock, {
      ticketId: stored.ticketId,
      actor: deviceActor(device.id, device.name),
      kind: 'consent.receipt',
      body: {
        requestId: stored.id,
        receiptId: record.header.recordId,
        state: record.decision.state,
        grantId: grant?.grantId ?? null,
        jws,
      },
    }),
  })
  if (outcome === 'closed') return refused('REQUEST_CLOSED', 'the request was answered or refused before')
  if (outcome === 'known' && request.jws !== jws)
    return refused('REQUEST_CLOSED', 'another receipt with this id stands in the log')
  deps.log.info(
    { requestId: stored.id, deviceId: device.id, state: record.decision.state, outcome },
    'receipt recorded',
  )
  const { osUser } = record.parties.principal
  const { language } = record.processing.notice
  if (osUser !== undefined)
    await hearAtDevice(deps, { ticketId: stored.ticketId, deviceId: device.id, osUser, language })
  publishChange(deps.bus, stored.ticketId, 'request', stored.id)
  return RECORDED
}

async function isGrantTaken(deps: ConsentDeps, record: ConsentRecord, stored: StoredRequest): Promise<boolean> {
  const grantId = record.decision.grant?.grantId
  if (grantId === undefined) return false
  const holder = await deps.store.consent.byGrant(grantId)
  return holder !== null && holder.id !== stored.id
}

/** Verifies a signed withdrawal, appends it to the findings log and ends the grant with its runs (SPEC C12). */
export async function recordRevocation(
  deps: ConsentDeps,
  from: DeviceId,
  { grantId, jws }: { readonly grantId: GrantId; readonly jws: string },
): Promise<RecordOutcome> {
  const stored = await deps.store.consent.byGrant(grantId)
  if (stored === null || stored.deviceId !== from)
    return refused('GRANT_UNKNOWN', 'there is no such grant of this device')
  const signer = await loadSigner(deps, from)
  const verified = verifyJws(jws, REVOCATION_TYP, signer.certificates)
  if (!verified.ok) return refused('RECEIPT_INVALID', verified.reason)
  if (!isRevocationRecord.Check(verified.payload))
    return refused('RECEIPT_INVALID', 'its payload is not a revocation record')
  const record = verified.payload
  const problem = revocationProblem(record, stored, verified.certificate)
  if (problem !== null) return refused('RECEIPT_INVALID', problem)
  const ended = await deps.store.consent.endGrant(grantId, {
    at: isoNow(deps.clock),
    reason: 'revoked',
    log: logDraft(deps.clock, {
      ticketId: stored.ticketId,
      actor: deviceActor(from, signer.device.name),
      kind: 'consent.revoked',
      body: { requestId: stored.id, grantId, receiptId: record.receiptId, jws },
    }),
  })
  await deps.runs.endForGrant({ grantId, deviceId: from }, 'RUN_REVOKED')
  deps.log.info({ grantId, deviceId: from, ended }, 'revocation recorded')
  if (ended) publishChange(deps.bus, stored.ticketId, 'request', stored.id)
  return RECORDED
}

/** A device with the certificates that it may have signed with. */
export async function loadSigner(
  deps: Pick<ConsentDeps, 'store'>,
  id: DeviceId,
): Promise<{ readonly device: Device; readonly certificates: readonly DeviceCertificate[] }> {
  const [device, certificates] = await Promise.all([deps.store.devices.get(id), deps.store.devices.certificates(id)])
  if (device === null) throw new Error(`Device ${id} has a session and no record`)
  return { device, certificates: device.standing === 'revoked' ? [] : certificates }
}

/** A refusal of a signed record, for good. */
export function refused(code: ErrorCode, detail: string): RecordOutcome {
  return { ok: false, code, detail }
}
