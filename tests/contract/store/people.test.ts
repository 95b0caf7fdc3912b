import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import { aSession } from '../../support/session-records.ts'
import {
  AT,
  addDevice,
  auditDraft,
  certificate,
  enrolDevice,
  enrolmentToken,
  freshId,
  LATER,
  sha,
  user,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

describeStores('people and devices', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  })

  test('a user is found by id and e-mail, and an e-mail is taken once', async () => {
    const ute = user({ name: 'Üte 🐙' })
    await store.users.create(ute, auditDraft())
    expect(await store.users.get(ute.id)).toEqual(ute)
    expect(await store.users.byEmail(ute.email)).toEqual(ute)
    await expect(store.users.create(user({ email: ute.email }), auditDraft())).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect((await store.audit.head()).size).toBe(1)
  })

  test('users are found by words of name and e-mail, whatever the case and accents', async () => {
    const [ute, rob] = [user({ name: 'Üte Größer' }), user({ name: 'Rob', email: 'robert@example.org' })]
    for (const each of [ute, rob]) await store.users.create(each, auditDraft())
    const ids = async (q: string, limit = 5) => (await store.users.search(q, limit)).map(({ id }) => id)
    expect(await ids('ute')).toEqual([ute.id])
    expect(await ids('ROBERT example')).toEqual([rob.id])
    expect(await ids('example', 1)).toEqual([ute.id])
    expect(await ids('ute rob')).toEqual([])
    expect(await ids('%')).toEqual([])
  })

  test('each user keeps views of their own', async () => {
    const [ute, rob] = [user(), user()]
    expect(await store.users.views(ute.id)).toEqual([])
    await store.users.putViews(ute.id, [{ name: 'Mine "é"', query: 'assigneeId=me' }])
    await store.users.putViews(rob.id, [{ name: 'His', query: '' }])
    await store.users.putViews(ute.id, [{ name: 'New', query: 'state=new' }])
    expect(await store.users.views(ute.id)).toEqual([{ name: 'New', query: 'state=new' }])
    expect(await store.users.views(rob.id)).toEqual([{ name: 'His', query: '' }])
  })

  test('of many callers who create the first admin one wins', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, () => store.users.createFirstAdmin(user({ role: 'admin' }), auditDraft())),
    )
    expect(results.filter((result) => result !== null)).toHaveLength(1)
    expect((await store.users.list({ limit: 50 })).items).toHaveLength(1)
    expect(await store.users.hasAdmin()).toBe(true)
  })

  test('the last enabled admin cannot lose the role, not even when two try for each other', async () => {
    const [one, two] = [user({ role: 'admin' }), user({ role: 'admin' })]
    await store.users.create(one, auditDraft())
    await store.users.create(two, auditDraft())
    const outcomes = await Promise.allSettled(
      [one, two].map(({ id }) => store.users.change(id, { disabled: true }, auditDraft())),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const enabled = (await store.users.list({ limit: 50 })).items.filter(({ disabled }) => !disabled)
    expect(enabled).toHaveLength(1)
    expect(await store.users.change(freshId('usr'), { name: 'x' }, auditDraft())).toBeNull()
  })

  test('lists come in pages that meet without gap or repeat', async () => {
    const all = Array.from({ length: 7 }, () => user())
    for (const each of all) await store.users.create(each, auditDraft())
    const seen: string[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<Store['users']['list']>> = await store.users.list({
        limit: 3,
        ...(after === null ? {} : { after }),
      })
      expect(page.items.length).toBeLessThanOrEqual(3)
      seen.push(...page.items.map(({ id }) => id))
      after = page.next
    } while (after !== null)
    expect(seen).toEqual(all.map(({ id }) => id))
    await expect(store.users.list({ limit: 3, after: '../../etc' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    await expect(store.users.list({ limit: 0 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('a session ends at its time', async () => {
    const session = aSession({ idHash: sha('s'), userId: null, data: '{"a":1}' })
    await store.sessions.put(session)
    await store.sessions.put({ ...session, data: '{"a":2}' })
    expect(await store.sessions.get(session.idHash, AT)).toEqual({ ...session, data: '{"a":2}' })
    expect(await store.sessions.get(session.idHash, LATER)).toBeNull()
    expect(await store.sessions.deleteExpired(LATER)).toBe(1)
    expect(await store.sessions.deleteExpired(LATER)).toBe(0)
  })

  test('an API token belongs to one user', async () => {
    const owner = freshId('usr')
    const times = { expiresAt: null, createdAt: AT, lastUsedAt: null }
    const token = {
      id: freshId('tok'),
      userId: owner,
      name: 'script',
      secretHash: sha('t'),
      role: 'lead' as const,
      ...times,
    }
    await store.tokens.create(token, auditDraft())
    await store.tokens.touch(token.id, LATER)
    expect(await store.tokens.bySecretHash(token.secretHash)).toEqual({ ...token, lastUsedAt: LATER })
    expect(await store.tokens.delete(token.id, freshId('usr'), auditDraft())).toBe(false)
    expect(await store.tokens.delete(token.id, owner, auditDraft())).toBe(true)
    expect(await store.tokens.listForUser(owner)).toEqual([])
  })

  test('an enrolment token works as often as it says, even when all come at once', async () => {
    const token = enrolmentToken({ maxUses: 2, approves: false })
    await store.enrolment.create(token, auditDraft())
    const enrol = async () => {
      const device = enrolDevice()
      return await store.enrolment.enrol({
        tokenHash: token.tokenHash,
        now: AT,
        device,
        certificate: certificate(device.id),
        audit: auditDraft(),
      })
    }
    const results = await Promise.all([enrol(), enrol(), enrol(), enrol()])
    const enrolled = results.filter((result) => result !== null)
    expect(enrolled).toHaveLength(2)
    expect(enrolled[0]?.device).toMatchObject({ standing: 'quarantined', standingReason: 'new' })
    expect(await store.enrolment.usable(token.tokenHash, AT)).toBeNull()
    expect((await store.devices.list({ limit: 10, standing: 'quarantined' })).items).toHaveLength(2)
  })

  test('a reinstalled machine keeps its record and waits for approval; its old certificate is superseded', async () => {
    const device = await addDevice(store)
    const token = enrolmentToken({ approves: false })
    await store.enrolment.create(token, auditDraft())
    const again = enrolDevice({ machineIdHash: device.machineIdHash, name: 'new-name' })
    const audit = auditDraft()
    const wrong = { tokenHash: token.tokenHash, now: AT, device: again, certificate: certificate(again.id), audit }
    await expect(store.enrolment.enrol(wrong)).rejects.toMatchObject({ code: 'CONFLICT' })
    const result = await store.enrolment.enrol({ ...wrong, certificate: certificate(device.id) })
    expect(result).toMatchObject({
      reinstalled: true,
      device: { id: device.id, name: 'new-name', standing: 'quarantined', standingReason: 'reinstalled' },
    })
    const certificates = await store.devices.certificates(device.id)
    expect(certificates.map(({ revocationReason }) => revocationReason)).toEqual(['superseded', null])
    expect((await store.devices.revoked(AT)).map(({ serial }) => serial)).toEqual([certificates[0]?.serial])
  })

  test('a revoked device stays revoked and uses no token', async () => {
    const device = await addDevice(store)
    await store.devices.setStanding(device.id, 'revoked', 'stolen', auditDraft())
    const token = enrolmentToken()
    await store.enrolment.create(token, auditDraft())
    const again = enrolDevice({ machineIdHash: device.machineIdHash })
    expect(
      await store.enrolment.enrol({
        tokenHash: token.tokenHash,
        now: AT,
        device: again,
        certificate: certificate(device.id),
        audit: auditDraft(),
      }),
    ).toBeNull()
    expect(await store.enrolment.usable(token.tokenHash, AT)).toMatchObject({ uses: 0 })
  })

  test('certificates are revoked once, and searched devices are found without accents', async () => {
    const device = await addDevice(store)
    const extra = certificate(device.id)
    await store.devices.addCertificate(extra, auditDraft())
    const revocation = { at: AT, reason: 'keyCompromise', audit: auditDraft() }
    expect(await store.devices.revokeCertificates(device.id, { ...revocation, serial: extra.serial })).toEqual([
      extra.serial,
    ])
    expect(await store.devices.revokeCertificates(device.id, revocation)).toHaveLength(1)
    expect(await store.devices.revokeCertificates(device.id, revocation)).toEqual([])
    await store.devices.seen(device.id, { name: 'Empfang-Café', lastSeenAt: LATER })
    expect((await store.devices.list({ limit: 5, q: 'CAFE' })).items.map(({ id }) => id)).toEqual([device.id])
    expect((await store.devices.list({ limit: 5, q: 'cafeteria' })).items).toEqual([])
    expect((await store.devices.list({ limit: 5, q: '%' })).items).toHaveLength(1)
    expect(await store.devices.certificateBySha256(extra.sha256)).toMatchObject({ deviceId: device.id, revokedAt: AT })
  })

  test('settings and catalogues keep JSON', async () => {
    await store.settings.set('mode', { deep: [1, null, 'é\u0000'] }, auditDraft())
    expect(await store.settings.get('mode')).toEqual({ deep: [1, null, 'é\u0000'] })
    await store.settings.set('mode', null, null)
    expect(await store.settings.get('mode')).toBeNull()
    await store.devices.putCatalogue(sha('c'), [])
    await store.devices.putCatalogue(sha('c'), [])
    expect(await store.devices.catalogue(sha('c'))).toEqual([])
    expect(await store.devices.catalogue(sha('d'))).toBeNull()
  })
})
