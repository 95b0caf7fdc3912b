import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Selectable } from 'kysely'
import type { AuditDraft, Device, EnrolmentToken, PageRequest } from '../entities.ts'
import type { EnrolmentStore } from '../store.ts'
import { appendAudit } from './audit.ts'
import { deviceSearch, insertCertificate, toDevice } from './device-rows.ts'
import { boundedLimit, cursorKey, pageOf } from './page.ts'
import type { SqlContext, Tables } from './tables.ts'

type EnrolInput = Parameters<EnrolmentStore['enrol']>[0]
type Enrolled = Awaited<ReturnType<EnrolmentStore['enrol']>>

/** Enrolment tokens and enrolling in SQL. */
export function enrolmentStore(context: SqlContext): EnrolmentStore {
  return {
    create: (token, audit) => createToken(context, token, audit),
    list: (page) => listTokens(context, page),
    revoke: (id, at, audit) => revokeToken(context, { id, at, audit }),
    enrol: (input) => enrol(context, input),
    usable: (tokenHash, now) => usableToken(context, tokenHash, now),
  }
}

async function createToken(context: SqlContext, token: EnrolmentToken, audit: AuditDraft): Promise<void> {
  await context.db
    .insertInto('enrolment_tokens')
    .values({
      public_id: token.id,
      label: token.label,
      token_hash: token.tokenHash,
      max_uses: token.maxUses,
      uses: token.uses,
      approves: Number(token.approves),
      expires_at: token.expiresAt,
      created_by: token.createdBy,
      created_at: token.createdAt,
      revoked_at: token.revokedAt,
    })
    .execute()
  await appendAudit(context, audit)
}

async function listTokens({ db }: SqlContext, page: PageRequest) {
  const limit = boundedLimit(page.limit)
  const key = cursorKey(page)
  const rows = await db
    .selectFrom('enrolment_tokens')
    .selectAll()
    .$if(key !== null, (query) => query.where('id', '<', key ?? 0))
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  return pageOf(rows, limit, toToken)
}

async function revokeToken(
  context: SqlContext,
  input: { id: string; at: string; audit: AuditDraft },
): Promise<EnrolmentToken | null> {
  const row = await context.db
    .updateTable('enrolment_tokens')
    .set({ revoked_at: input.at })
    .where('public_id', '=', input.id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return null
  await appendAudit(context, input.audit)
  return toToken(row)
}

async function usableToken({ db }: SqlContext, tokenHash: string, now: string): Promise<EnrolmentToken | null> {
  const row = await db
    .selectFrom('enrolment_tokens')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .whereRef('uses', '<', 'max_uses')
    .executeTakeFirst()
  return row === undefined ? null : toToken(row)
}

async function enrol(context: SqlContext, input: EnrolInput): Promise<Enrolled> {
  await context.flavour.lock(context.db, 'enrolment')
  const known = await context.db
    .selectFrom('devices')
    .selectAll()
    .where('machine_id_hash', '=', input.device.machineIdHash)
    .executeTakeFirst()
  if (known?.standing === 'revoked') return null
  const deviceId = known?.public_id ?? input.device.id
  if (input.certificate.deviceId !== deviceId) {
    throw new AskFirstError(
      'CONFLICT',
      `The certificate was made for ${input.certificate.deviceId}, but the machine is known as ${deviceId}`,
    )
  }
  const token = await takeToken(context, input)
  if (token === null) return null
  const row =
    known === undefined ? await addDevice(context, input, token) : await keepDevice(context, { known, input, token })
  await insertCertificate(context, row.id, input.certificate)
  await appendAudit(context, input.audit)
  return { device: toDevice(row), token, reinstalled: known !== undefined }
}

async function takeToken({ db }: SqlContext, input: EnrolInput): Promise<EnrolmentToken | null> {
  const row = await db
    .updateTable('enrolment_tokens')
    .set((eb) => ({ uses: eb('uses', '+', 1) }))
    .where('token_hash', '=', input.tokenHash)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', input.now)
    .whereRef('uses', '<', 'max_uses')
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : toToken(row)
}

function standingOf(
  token: EnrolmentToken,
  otherwise: 'new' | 'reinstalled',
): { standing: Device['standing']; standing_reason: string } {
  if (token.approves) return { standing: 'active', standing_reason: 'token-approves' }
  return { standing: 'quarantined', standing_reason: otherwise }
}

function facts({ device }: EnrolInput, id: Device['id']) {
  return {
    name: device.name,
    platform: device.platform,
    arch: device.arch,
    os_name: device.osName,
    agent_version: device.agentVersion,
    search: deviceSearch({ ...device, id }),
  }
}

async function addDevice({ db }: SqlContext, input: EnrolInput, token: EnrolmentToken) {
  return await db
    .insertInto('devices')
    .values({
      ...facts(input, input.device.id),
      ...standingOf(token, 'new'),
      public_id: input.device.id,
      machine_id_hash: input.device.machineIdHash,
      enrolled_at: input.device.enrolledAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

async function keepDevice(
  { db }: SqlContext,
  { known, input, token }: { known: Selectable<Tables['devices']>; input: EnrolInput; token: EnrolmentToken },
) {
  await db
    .updateTable('certificates')
    .set({ revoked_at: input.now, revocation_reason: 'superseded' })
    .where('device_id', '=', known.id)
    .where('revoked_at', 'is', null)
    .execute()
  return await db
    .updateTable('devices')
    .set({
      ...facts(input, input.certificate.deviceId),
      ...standingOf(token, 'reinstalled'),
      enrolled_at: input.device.enrolledAt,
      catalogue_sha256: null,
    })
    .where('id', '=', known.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

function toToken(row: Selectable<Tables['enrolment_tokens']>): EnrolmentToken {
  return {
    id: row.public_id,
    label: row.label,
    tokenHash: row.token_hash,
    maxUses: row.max_uses,
    uses: row.uses,
    approves: row.approves === 1,
    expiresAt: row.expires_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }
}
