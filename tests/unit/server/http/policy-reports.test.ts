import { RATE_BOUNDS } from '@askfirst/server/plugins/rate-limits.ts'
import { MAX_POLICY_REPORT_BYTES } from '@askfirst/server/routes/policy-reports.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, ORIGIN, signIn, startTestApp } from '../../../support/test-app.ts'

const MOST = 5
let server: TestApp
/** Reports counted, and lines logged, before the test. */
let before: { readonly total: number; readonly lines: number }
/** Each test comes from an address of its own, because an address is heard only so often. */
let address = 0
beforeAll(async () => {
  const policyReport = { max: MOST, windowMs: 3_600_000 }
  server = await startTestApp({ rateBounds: { ...RATE_BOUNDS, policyReport } })
})
afterAll(() => server.close())
beforeEach(() => {
  before = { total: server.services.policyReports.total, lines: server.logLines.length }
  address += 1
})

const headers = { 'content-type': 'application/csp-report', origin: ORIGIN, 'sec-fetch-site': 'same-origin' }
const REPORT = {
  'document-uri': `${ORIGIN}/tickets/tkt_0123?q=marker-word#marker-hash`,
  'effective-directive': 'script-src-elem',
  'blocked-uri': 'https://evil.example/marker-path?marker-query',
  'script-sample': 'marker-sample',
}

async function send(report: unknown, more: Record<string, string> = {}, remoteAddress = `192.0.2.${address}`) {
  const payload = typeof report === 'string' ? report : JSON.stringify({ 'csp-report': report })
  const options = { url: '/api/policy-reports', headers: { ...headers, ...more }, payload, remoteAddress } as const
  return server.app.inject({ method: 'POST', ...options })
}
const total = () => server.services.policyReports.total - before.total
const newLines = () => server.logLines.slice(before.lines)
const logged = () => newLines().filter((line) => line.includes('content security policy'))

test('the policy names where a browser reports to', async () => {
  const answer = await server.app.inject({ url: '/' })
  expect(String(answer.headers['content-security-policy'])).toContain('report-uri /api/policy-reports')
})

test('a report is counted and logged by directive, origin and page, without what an address may hold', async () => {
  expect((await send(REPORT)).statusCode).toBe(204)
  expect(total()).toBe(1)
  expect(logged()).toHaveLength(1)
  expect(JSON.parse(logged()[0] ?? '')).toMatchObject({
    directive: 'script-src',
    blocked: 'https://evil.example',
    page: '/tickets',
  })
  expect(newLines().join('')).not.toContain('marker')
  const admin = await bearerFor(server, await makeUser(server, 'admin'))
  expect((await server.app.inject({ url: '/metrics', headers: admin })).body).toContain(
    'askfirst_policy_reports_total{directive="script-src"} 1',
  )
  expect((await server.app.inject({ url: '/api/health', headers: admin })).json()).toMatchObject({ policyReports: 1 })
})

test('the browser of somebody who is signed in sends no token of the page, and is heard', async () => {
  await makeUser(server, 'technician')
  const { cookie } = await signIn(server, 'technician@example.org')
  expect((await send(REPORT, { cookie })).statusCode).toBe(204)
  expect(total()).toBe(1)
})

test('texts of an attacker become neither labels nor log lines', async () => {
  const evil = '"} 1\n{"level":50,"msg":"owned"}'
  const report = { 'effective-directive': evil, 'blocked-uri': `x:${evil}`, 'document-uri': `${ORIGIN}/${evil}/x` }
  for (const one of [report, {}, { 'effective-directive': { a: 1 }, 'blocked-uri': [], 'document-uri': 'no address' }])
    expect((await send(one)).statusCode).toBe(204)
  const facts = logged().map((line) => JSON.parse(line) as object)
  const nothing = { directive: 'other', blocked: 'other', page: '/' }
  expect(facts).toMatchObject([nothing, nothing, nothing])
  expect(newLines().join('')).not.toContain('owned')
})

test('what is no report is refused, at its size as well', async () => {
  const empty = JSON.stringify({ 'csp-report': { x: '' } }).length
  const sized = (bytes: number) => send({ x: 'a'.repeat(bytes - empty) })
  expect((await sized(MAX_POLICY_REPORT_BYTES)).statusCode).toBe(204)
  expect((await sized(MAX_POLICY_REPORT_BYTES + 1)).statusCode).toBe(413)
  expect((await send('{"csp-report":')).statusCode).toBe(400)
  expect((await send('{"csp-report":"text"}')).statusCode).toBe(400)
  expect((await send(REPORT, { 'content-type': 'image/png' })).statusCode).toBe(415)
  expect(total()).toBe(1)
})

test('another site’s page reports nothing', async () => {
  for (const foreign of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
    expect((await send(REPORT, foreign)).statusCode).toBe(403)
  expect(total()).toBe(0)
})

test('an address is heard as often as the bound says', async () => {
  for (let sent = 0; sent < MOST; sent += 1) expect((await send(REPORT)).statusCode).toBe(204)
  expect((await send(REPORT)).statusCode).toBe(429)
  expect((await send(REPORT, {}, '198.51.100.1')).statusCode).toBe(204)
  expect(total()).toBe(MOST + 1)
})
