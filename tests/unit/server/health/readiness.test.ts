import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, openAuthority } from '@askfirst/server/ca/authority.ts'
import type { ListenerStanding } from '@askfirst/server/gateway/gateway.ts'
import { createHealthService } from '@askfirst/server/health/health-service.ts'
import { readinessChecks } from '@askfirst/server/health/readiness-checks.ts'
import { SCHEMA_STEPS } from '@askfirst/server/store/migrations/index.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'

const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-03-02T09:00:00.000Z')
let directory: string
let steps: string[]
let listener: ListenerStanding | null
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'askfirst-ready-'))
  steps = SCHEMA_STEPS.map(({ name }) => name)
  listener = { revocationListMadeAt: NOW - HOUR_MS, certificateEndsAt: NOW + HOUR_MS }
})
afterEach(() => rm(directory, { recursive: true }))

/** Names of the checks that fail. */
async function failing(): Promise<readonly string[]> {
  const authority = await openAuthority({ directory, name: 'Test', now: NOW })
  return failingWith(authority)
}

async function failingWith(authority: Awaited<ReturnType<typeof openAuthority>>): Promise<readonly string[]> {
  const storage = async () => ({ kind: 'sqlite', bytes: 0 }) as const
  const settings = { get: async () => null, set: async () => undefined, schemaSteps: async () => steps, storage }
  const seen: string[] = []
  const health = createHealthService(
    readinessChecks({ store: { settings }, clock: { now: () => NOW }, authority, directory, listener: () => listener }),
    (name) => seen.push(name),
  )
  const { ready, checks } = await health.readiness()
  expect(ready).toBe(checks.every(({ ok }) => ok))
  expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(seen)
  return seen
}

test('a server that lacks nothing is ready', async () => {
  expect(await failing()).toEqual([])
})

test('a store that another version has changed is not ready', async () => {
  steps.push('9999-future')
  expect(await failing()).toEqual(['migrations'])
})

test('an authority whose key is gone from the disk, or is another one, is not ready', async () => {
  const authority = await openAuthority({ directory, name: 'Test', now: NOW })
  await writeFile(
    join(directory, 'authority.key'),
    createAuthority('Other', NOW).key.export({ type: 'pkcs8', format: 'pem' }),
  )
  expect(await failingWith(authority)).toEqual(['authority-key'])
  await rm(join(directory, 'authority.key'))
  expect(await failingWith(authority)).toEqual(['authority-key'])
})

test('an old revocation list, or a port for agents that does not listen, is not ready', async () => {
  listener = { revocationListMadeAt: NOW - 3 * HOUR_MS, certificateEndsAt: NOW }
  expect(await failing()).toEqual([])
  listener = { revocationListMadeAt: NOW - 3 * HOUR_MS - 1, certificateEndsAt: NOW }
  expect(await failing()).toEqual(['revocation-list'])
  listener = null
  expect(await failing()).toEqual(['revocation-list'])
})
