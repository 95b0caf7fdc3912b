import type { UserId } from '@askfirst/protocol/ids.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, describe, expect, test } from 'vitest'
import { aPasskey, aSession } from '../../support/session-records.ts'
import { AT, auditDraft, freshId, LATER, sha, user } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

describeStores('second factors and invitations', ({ newStore }) => {
  let store: Store
  let userId: UserId
  beforeEach(async () => {
    store = await newStore()
    const owner = user({ role: 'admin' })
    await store.users.create(owner, auditDraft())
    userId = owner.id
  })

  async function confirmed(): Promise<void> {
    await store.factors.beginTotp(userId, { sealed: 'one', createdAt: AT })
    await store.factors.confirmTotp(userId, { sealed: 'one', step: 10, at: AT, audit: auditDraft() })
  }

  describe('an authenticator app', () => {
    test('counts from its first code on, and is not replaced by beginning again', async () => {
      expect(await store.factors.beginTotp(userId, { sealed: 'one', createdAt: AT })).toBe(true)
      expect(await store.factors.beginTotp(userId, { sealed: 'two', createdAt: AT })).toBe(true)
      expect(await store.factors.useTotpStep(userId, 11)).toBe(false)
      const confirm = (sealed: string) =>
        store.factors.confirmTotp(userId, { sealed, step: 10, at: AT, audit: auditDraft() })
      expect(await confirm('one')).toBe(false)
      expect(await confirm('two')).toBe(true)
      expect(await confirm('two')).toBe(false)
      expect(await store.factors.beginTotp(userId, { sealed: 'three', createdAt: LATER })).toBe(false)
      expect((await store.factors.get(userId)).totp).toEqual({
        sealed: 'two',
        createdAt: AT,
        confirmedAt: AT,
        lastStep: 10,
      })
    })

    test('uses each time step once, even when all come at once, and never an earlier one', async () => {
      await confirmed()
      expect(await store.factors.useTotpStep(userId, 10)).toBe(false)
      const tries = await Promise.all(Array.from({ length: 6 }, () => store.factors.useTotpStep(userId, 11)))
      expect(tries.filter((isUsed) => isUsed)).toHaveLength(1)
      expect(await store.factors.useTotpStep(userId, 10)).toBe(false)
      expect(await store.factors.useTotpStep(userId, 12)).toBe(true)
    })
  })

  test('a recovery code works once, for its user only, and new ones end the old ones', async () => {
    await store.factors.replaceRecoveryCodes(userId, [sha('a'), sha('b')], auditDraft())
    expect(await store.factors.useRecoveryCode(freshId('usr'), sha('a'), AT)).toBe(false)
    const tries = await Promise.all([1, 2, 3].map(() => store.factors.useRecoveryCode(userId, sha('a'), AT)))
    expect(tries.filter((isUsed) => isUsed)).toHaveLength(1)
    expect((await store.factors.get(userId)).recoveryCodesLeft).toBe(1)
    await store.factors.replaceRecoveryCodes(userId, [sha('c')], auditDraft())
    expect(await store.factors.useRecoveryCode(userId, sha('b'), AT)).toBe(false)
  })

  test('a passkey is known once, and a counter that does not grow is refused', async () => {
    const passkey = aPasskey({ userId, name: '"><img src=x>' })
    await store.factors.addPasskey(passkey, auditDraft())
    await expect(store.factors.addPasskey(aPasskey({ ...passkey, id: 'pky_2' }), auditDraft())).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect((await store.factors.get(userId)).passkeys).toEqual([passkey])
    const use = (counter: number, owner = userId) => store.factors.usePasskey(owner, passkey.id, { counter, at: LATER })
    expect(await use(0)).toBe(true)
    expect(await use(5)).toBe(true)
    expect(await use(5)).toBe(false)
    expect(await use(0)).toBe(false)
    expect(await use(6, freshId('usr'))).toBe(false)
  })

  test('recovery codes go with the last factor, and a reset takes everything', async () => {
    await confirmed()
    const passkey = aPasskey({ userId })
    await store.factors.addPasskey(passkey, auditDraft())
    await store.factors.replaceRecoveryCodes(userId, [sha('a')], auditDraft())
    expect(await store.factors.removeTotp(userId, auditDraft())).toBe(true)
    expect((await store.factors.get(userId)).recoveryCodesLeft).toBe(1)
    expect(await store.factors.removePasskey(freshId('usr'), passkey.id, auditDraft())).toBe(false)
    expect(await store.factors.removePasskey(userId, passkey.id, auditDraft())).toBe(true)
    expect((await store.factors.get(userId)).recoveryCodesLeft).toBe(0)
    await confirmed()
    expect(await store.factors.reset(userId, auditDraft())).toBe(true)
    expect(await store.factors.reset(userId, auditDraft())).toBe(false)
    expect(await store.factors.get(userId)).toEqual({ totp: null, passkeys: [], recoveryCodesLeft: 0 })
  })

  test('sessions are listed by owner, the last used first, and ended one by one or but for one', async () => {
    const old = aSession({ userId, factor: 'totp' })
    const young = aSession({ userId, lastUsedAt: '2026-11-22T03:30:00.000Z' })
    const other = aSession()
    const expired = aSession({ userId, expiresAt: AT })
    for (const session of [old, young, other, expired]) await store.sessions.put(session)
    expect(await store.sessions.list(userId, AT)).toEqual([young, old])
    expect(await store.sessions.list(null, AT)).toHaveLength(3)
    expect(await store.sessions.end(other.idHash, userId)).toBeNull()
    expect(await store.sessions.end(other.idHash, null)).toEqual(other)
    await store.sessions.deleteForUser(userId, young.idHash)
    expect(await store.sessions.list(null, AT)).toEqual([young])
  })

  test('an invitation works once, until it ends, and a newer one takes its place', async () => {
    const invite = (token: string) =>
      store.users.invite({ userId, tokenHash: sha(token), createdAt: AT, expiresAt: LATER }, auditDraft())
    await invite('one')
    await invite('two')
    expect(await store.users.invited(sha('one'), AT)).toBeNull()
    expect(await store.users.invited(sha('two'), LATER)).toBeNull()
    expect((await store.users.invited(sha('two'), AT))?.id).toBe(userId)
    const [standing] = await store.users.standings([userId], AT)
    expect(standing).toMatchObject({ userId, totp: false, passkeys: 0, invitedUntil: LATER, sessions: 0 })
    const accept = () => store.users.acceptInvitation(sha('two'), '$new$', AT, auditDraft())
    const accepted = (await Promise.all([accept(), accept()])).filter((taken) => taken !== null)
    expect(accepted.map(({ passwordHash }) => passwordHash)).toEqual(['$new$'])
  })

  test('the audit log is read from the end and by actor and time', async () => {
    for (const at of [AT, LATER]) await store.audit.append({ ...auditDraft('a.b'), at })
    await store.audit.append({ ...auditDraft('c.d'), actor: { kind: 'user', id: userId, name: 'Ute "x"' } })
    const read = async (filter: Parameters<typeof store.audit.read>[2], after = 0) =>
      (await store.audit.read(after, 10, filter)).map(({ seq }) => seq)
    expect(await read({ newestFirst: true })).toEqual([4, 3, 2, 1])
    expect(await read({ newestFirst: true }, 3)).toEqual([2, 1])
    expect(await read({ actorId: userId })).toEqual([4])
    expect(await read({ actorId: '%' })).toEqual([])
    expect(await read({ from: LATER })).toEqual([3])
    expect(await read({ to: LATER, action: 'a.b' })).toEqual([2])
  })

  test('the store says how much room it takes', async () => {
    expect((await store.settings.storage()).bytes).toBeGreaterThan(10_000)
  })
})
