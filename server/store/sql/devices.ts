import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { CompiledQuery, sql } from 'kysely'
import type { AuditDraft, CatalogueEntry, Device, DeviceCertificate, PageRequest, Standing } from '../entities.ts'
import type { DeviceStore } from '../store.ts'
import { appendAudit } from './audit.ts'
import { CONNECTING, WAITING } from './connect-reads.ts'
import { deviceSearch, insertCertificate, toCertificate, toDevice } from './device-rows.ts'
import { likePatterns } from './like.ts'
import { boundedLimit, cursorKey, pageOf } from './page.ts'
import type { SqlContext } from './tables.ts'

type Facts = Parameters<DeviceStore['seen']>[1]
type Revocation = Parameters<DeviceStore['revokeCertificates']>[1]

/** Devices, their certificates and catalogues in SQL. */
export function deviceStore(context: SqlContext): DeviceStore {
  return {
    get: (id) => findDevice(context, 'public_id', id),
    byMachine: (machineIdHash) => findDevice(context, 'machine_id_hash', machineIdHash),
    list: (page) => listDevices(context, page),
    connecting: async (sha256) =>
      CONNECTING.result(await firstRow(context, CONNECTING.text, CONNECTING.values(sha256))),
    waiting: async (id, endedSince) =>
      WAITING.result(await firstRow(context, WAITING.text, WAITING.values(id, endedSince))),
    seen: (id, facts) => deviceSeen(context, id, facts),
    seenAt: (times) => devicesSeenAt(context, times),
    setStanding: (id, standing, reason, audit) => setStanding(context, { id, standing, reason, audit }),
    putCatalogue: (sha256, entries) => putCatalogue(context, sha256, entries),
    catalogue: (sha256) => readCatalogue(context, sha256),
    certificates: async (id) =>
      (await certificates(context).where('devices.public_id', '=', id).orderBy('certificates.id').execute()).map(
        toCertificate,
      ),
    certificateBySha256: async (sha256) => {
      const row = await certificates(context).where('certificates.sha256', '=', sha256).executeTakeFirst()
      return row === undefined ? null : toCertificate(row)
    },
    addCertificate: (certificate, audit) => addCertificate(context, certificate, audit),
    revokeCertificates: (id, input) => revokeCertificates(context, id, input),
    revoked: async (now) => {
      const query = certificates(context)
        .where('certificates.revoked_at', 'is not', null)
        .where('certificates.not_after', '>', now)
      return (await query.orderBy('certificates.id').execute()).map(toCertificate)
    },
  }
}

/**
 * The integer key of a device.
 *
 * @throws AskFirstError NOT_FOUND when there is no such device
 */
export async function deviceKey({ db }: SqlContext, id: DeviceId): Promise<number> {
  const row = await db.selectFrom('devices').select('id').where('public_id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AskFirstError('NOT_FOUND', `There is no device ${id}`, { details: { deviceId: id } })
  return row.id
}

/** PostgreSQL numbers the places of values. */
function numberedPlaces(text: string): string {
  const [head = '', ...rest] = text.split('?')
  return head + rest.map((piece, at) => `$${at + 1}${piece}`).join('')
}

/** Runs a text with `?` for its values. */
async function firstRow({ db, flavour }: SqlContext, text: string, values: readonly string[]) {
  const numbered = flavour.kind === 'sqlite' ? text : numberedPlaces(text)
  const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(numbered, [...values]))
  return rows[0]
}

async function findDevice(
  { db }: SqlContext,
  column: 'public_id' | 'machine_id_hash',
  value: string,
): Promise<Device | null> {
  const row = await db.selectFrom('devices').selectAll().where(column, '=', value).executeTakeFirst()
  return row === undefined ? null : toDevice(row)
}

async function listDevices(
  { db }: SqlContext,
  page: PageRequest & { readonly standing?: Standing; readonly q?: string },
) {
  const limit = boundedLimit(page.limit)
  let query = db
    .selectFrom('devices')
    .selectAll()
    .where('id', '>', cursorKey(page) ?? 0)
  if (page.standing !== undefined) query = query.where('standing', '=', page.standing)
  for (const pattern of likePatterns(page.q)) query = query.where('search', 'like', pattern)
  return pageOf(
    await query
      .orderBy('id')
      .limit(limit + 1)
      .execute(),
    limit,
    toDevice,
  )
}

async function deviceSeen({ db }: SqlContext, id: DeviceId, facts: Facts): Promise<void> {
  const current = await db.selectFrom('devices').selectAll().where('public_id', '=', id).executeTakeFirst()
  if (current === undefined) return
  const device = { ...toDevice(current), ...facts }
  await db
    .updateTable('devices')
    .set({
      name: device.name,
      platform: device.platform,
      arch: device.arch,
      os_name: device.osName,
      agent_version: device.agentVersion,
      catalogue_sha256: device.catalogueSha256,
      last_seen_at: device.lastSeenAt,
      search: deviceSearch(device),
    })
    .where('id', '=', current.id)
    .execute()
  if (device.catalogueSha256 !== current.catalogue_sha256) await dropUnused(db, current.catalogue_sha256)
}

/** One statement for all: most of the server's writes are these. */
async function devicesSeenAt(
  { db, flavour }: SqlContext,
  times: readonly (readonly [DeviceId, string])[],
): Promise<void> {
  const json = JSON.stringify(Object.fromEntries(times))
  const seen = flavour.kind === 'sqlite' ? sql`json_each(${json})` : sql`json_each_text(${json}::json)`
  await sql`update devices set last_seen_at = seen.value from ${seen} as seen
    where devices.public_id = seen.key and (last_seen_at is null or last_seen_at < seen.value)`.execute(db)
}

/** A catalogue goes with the last device that announces it: a device that makes up new ones fills nothing. */
async function dropUnused(db: SqlContext['db'], sha256: string | null): Promise<void> {
  if (sha256 === null) return
  const holder = db.selectFrom('devices').select('id').where('catalogue_sha256', '=', sha256)
  await db
    .deleteFrom('catalogues')
    .where('sha256', '=', sha256)
    .where(({ not, exists }) => not(exists(holder)))
    .execute()
}

async function setStanding(
  context: SqlContext,
  input: { id: DeviceId; standing: Standing; reason: string; audit: AuditDraft },
): Promise<Device | null> {
  const row = await context.db
    .updateTable('devices')
    .set({ standing: input.standing, standing_reason: input.reason })
    .where('public_id', '=', input.id)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return null
  await appendAudit(context, input.audit)
  return toDevice(row)
}

async function putCatalogue({ db }: SqlContext, sha256: string, entries: readonly CatalogueEntry[]): Promise<void> {
  await db
    .insertInto('catalogues')
    .values({ sha256, entries: JSON.stringify(entries) })
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .execute()
}

async function readCatalogue({ db }: SqlContext, sha256: string): Promise<readonly CatalogueEntry[] | null> {
  const row = await db.selectFrom('catalogues').select('entries').where('sha256', '=', sha256).executeTakeFirst()
  return row === undefined ? null : JSON.parse(row.entries)
}

function certificates({ db }: SqlContext) {
  return db
    .selectFrom('certificates')
    .innerJoin('devices', 'devices.id', 'certificates.device_id')
    .selectAll('certificates')
    .select('devices.public_id as device_public_id')
}

async function addCertificate(context: SqlContext, certificate: DeviceCertificate, audit: AuditDraft): Promise<void> {
  await insertCertificate(context, await deviceKey(context, certificate.deviceId), certificate)
  await appendAudit(context, audit)
}

async function revokeCertificates(context: SqlContext, id: DeviceId, input: Revocation): Promise<readonly string[]> {
  const key = await deviceKey(context, id)
  let query = context.db
    .updateTable('certificates')
    .set({ revoked_at: input.at, revocation_reason: input.reason })
    .where('device_id', '=', key)
    .where('revoked_at', 'is', null)
  if (input.serial !== undefined) query = query.where('serial', '=', input.serial)
  const rows = await query.returning('serial').execute()
  await appendAudit(context, input.audit)
  return rows.map(({ serial }) => serial)
}
