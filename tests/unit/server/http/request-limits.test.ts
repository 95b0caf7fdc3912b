import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ECHO_COLLECTOR } from '../../../support/scripted-agent.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeDevice, makeUser, startTestApp } from '../../../support/test-app.ts'

const MINUTE_MS = 60_000
let server: TestApp
let headers: { authorization: string }
let path = ''
let deviceId: Awaited<ReturnType<typeof makeDevice>>
beforeAll(async () => {
  server = await startTestApp()
  headers = await bearerFor(server, await makeUser(server, 'technician'))
  deviceId = await makeDevice(server, 1)
  const catalogueSha256 = 'c'.repeat(64)
  await server.store.devices.putCatalogue(catalogueSha256, [ECHO_COLLECTOR])
  await server.services.devices.approve(deviceId, SYSTEM_ACTOR)
  await server.store.devices.seen(deviceId, {
    catalogueSha256,
    lastSeenAt: new Date(server.clock.now()).toISOString(),
  })
  const payload = { title: 'PC is slow', requesterName: 'Kim', deviceIds: [deviceId] }
  const made = await server.app.inject({ method: 'POST', url: '/api/tickets', headers, payload })
  path = `/api/tickets/${made.json<{ id: string }>().id}/consent-requests`
})
afterAll(() => server.close())

async function ask(times: object) {
  const collectors = [{ id: ECHO_COLLECTOR.id }]
  const payload = { deviceId, purpose: 'To see it', collectors, ...times }
  const answer = await server.app.inject({ method: 'POST', url: path, headers, payload })
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
}

describe('the longest times that the settings allow', () => {
  test('bound what a technician asks for, from both sides, and say what to do', async () => {
    await server.services.settings.change({ maxPermissionMinutes: 30, maxAnswerMinutes: 20 }, SYSTEM_ACTOR)
    expect(await ask({ durationMs: 30 * MINUTE_MS, answerWithinMs: 20 * MINUTE_MS })).toMatchObject({
      status: 201,
      body: { durationMs: 30 * MINUTE_MS },
    })
    const long = await ask({ durationMs: 30 * MINUTE_MS + 1 })
    expect(long).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
    expect(String(long.body.detail)).toMatch(/30 minutes at most.*Choose a shorter time/)
    expect(String((await ask({ answerWithinMs: 20 * MINUTE_MS + 1 })).body.detail)).toMatch(/20 minutes at most/)
  })

  test('stand for what is not said', async () => {
    await server.services.settings.change({ maxPermissionMinutes: 10, maxAnswerMinutes: 5 }, SYSTEM_ACTOR)
    const { body } = await ask({})
    expect(body.durationMs).toBe(10 * MINUTE_MS)
    expect(Date.parse(String(body.answerBy)) - Date.parse(String(body.askedAt))).toBe(5 * MINUTE_MS)
    await server.services.settings.change({ maxPermissionMinutes: 480, maxAnswerMinutes: 1_440 }, SYSTEM_ACTOR)
    expect((await ask({})).body.durationMs).toBe(60 * MINUTE_MS)
  })

  test('are within what the protocol allows', async () => {
    const admin = await bearerFor(server, await makeUser(server, 'admin'))
    const change = async (payload: object) =>
      (await server.app.inject({ method: 'PATCH', url: '/api/settings', headers: admin, payload })).statusCode
    expect(await change({ maxPermissionMinutes: 480, maxAnswerMinutes: 1 })).toBe(200)
    expect(await change({ maxPermissionMinutes: 481 })).toBe(400)
    expect(await change({ maxAnswerMinutes: 1_441 })).toBe(400)
    expect(await change({ maxPermissionMinutes: 0 })).toBe(400)
  })
})
