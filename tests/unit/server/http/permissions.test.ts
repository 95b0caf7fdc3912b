import type { Role } from '@askfirst/server/store/entities.ts'
import { ROLES } from '@askfirst/server/store/entities.ts'
import type { Permission } from '@askfirst/server/users/permissions.ts'
import { PERMISSIONS, ROLE_PERMISSIONS } from '@askfirst/server/users/permissions.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
const bearers = new Map<Role, { authorization: string }>()

beforeAll(async () => {
  server = await startTestApp()
  for (const role of ROLES) bearers.set(role, await bearerFor(server, await makeUser(server, role)))
})
afterAll(() => server.close())

/** A path of the route that names nothing, so that an allowed call changes nothing. */
function pathOf(url: string): string {
  return url.replaceAll(':rid', 'x').replaceAll(':id', 'x')
}

async function statusFor(route: { method: string; url: string }, headers: Record<string, string>): Promise<number> {
  // DELETE /api/session is refused for tokens after the permission; everything else fails at its schema.
  const answer = await server.app.inject({
    method: route.method as 'GET',
    url: pathOf(route.url),
    headers,
    ...payloadFor(route),
  })
  return answer.statusCode
}

function payloadFor({ method }: { method: string }) {
  return method === 'POST' || method === 'PATCH' || method === 'PUT' ? { payload: { nonsense: true } } : {}
}

const isPermission = (text: string): text is Permission => PERMISSIONS.some((permission) => permission === text)

describe('every route', () => {
  test('names a known permission or says that it is public', () => {
    expect(server.routes.length).toBeGreaterThan(30)
    const unknown = server.routes.filter(({ permission }) => permission !== 'public' && !isPermission(permission))
    expect(unknown).toEqual([])
  })

  test('that is public stands in this list', () => {
    const open = server.routes
      .filter(({ permission }) => permission === 'public')
      .map(({ method, url }) => `${method} ${url}`)
    expect(open.filter((route) => !route.startsWith('HEAD')).sort()).toEqual([
      'GET /',
      'GET /account',
      'GET /admin',
      'GET /admin/*',
      'GET /api/openapi.json',
      'GET /api/setup',
      'GET /assets/:file',
      'GET /devices',
      'GET /devices/:id',
      'GET /figures',
      'GET /healthz',
      'GET /invitation',
      'GET /knowledge',
      'GET /knowledge/*',
      'GET /lead',
      'GET /page.css',
      'GET /r',
      'GET /r/:token',
      'GET /r/appointments/:appointmentId.ics',
      'GET /readyz',
      'GET /reports',
      'GET /requester.css',
      'GET /setup',
      'GET /tickets/*',
      'POST /api/invitations/accept',
      'POST /api/invitations/check',
      'POST /api/policy-reports',
      'POST /api/session',
      'POST /api/session/passkey',
      'POST /api/session/passkey/options',
      'POST /api/session/recovery',
      'POST /api/session/totp',
      'POST /api/setup',
      'POST /api/setup/check',
      'POST /r/answer',
      'POST /r/decide',
      'POST /r/leave',
      'POST /r/new-link',
      'POST /r/open',
      'POST /r/reply',
    ])
  })

  test('answers 401 to nobody, 403 to a role without the permission, and something else to a role with it', async () => {
    for (const route of server.routes) {
      if (!isPermission(route.permission)) continue
      expect(await statusFor(route, {}), `${route.method} ${route.url} for nobody`).toBe(401)
      for (const role of ROLES) {
        const status = await statusFor(route, bearers.get(role) ?? {})
        const allowed = ROLE_PERMISSIONS[role].has(route.permission)
        const label = `${route.method} ${route.url} for ${role}`
        if (allowed) expect([401, 403], label).not.toContain(status)
        else expect(status, label).toBe(403)
      }
    }
  })

  test('that declares no permission does not register', async () => {
    const { registerRouteRules } = await import('@askfirst/server/plugins/routes-table.ts')
    const { default: Fastify } = await import('fastify')
    const bare = Fastify()
    registerRouteRules(bare.withTypeProvider())
    expect(() => bare.get('/open', { schema: { response: { 200: {} } } }, async () => 'open')).toThrow(
      'declares no permission',
    )
    expect(() => bare.get('/open', { config: { permission: 'public' } }, async () => 'open')).toThrow(
      'no response schema',
    )
  })
})

test('each role can do exactly what the table says', () => {
  expect(Object.fromEntries(ROLES.map((role) => [role, [...ROLE_PERMISSIONS[role]].sort()]))).toMatchInlineSnapshot(`
    {
      "admin": [
        "account.own",
        "action.approve",
        "audit.read",
        "consent.ask",
        "device.manage",
        "device.read",
        "enrolment.manage",
        "export.read",
        "factor.own",
        "figures.read",
        "finding.judge",
        "finding.read",
        "lead.read",
        "live.read",
        "metrics.read",
        "people.manage",
        "people.read",
        "report.clear",
        "report.read",
        "retention.hold",
        "run.order",
        "run.read",
        "session.own",
        "settings.manage",
        "settings.read",
        "ticket.read",
        "ticket.work",
        "token.own",
        "user.manage",
        "user.read",
      ],
      "auditor": [
        "account.own",
        "audit.read",
        "device.read",
        "export.read",
        "factor.own",
        "figures.read",
        "finding.read",
        "live.read",
        "metrics.read",
        "people.read",
        "report.read",
        "run.read",
        "session.own",
        "settings.read",
        "ticket.read",
        "token.own",
        "user.read",
      ],
      "lead": [
        "account.own",
        "action.approve",
        "audit.read",
        "consent.ask",
        "device.read",
        "export.read",
        "factor.own",
        "figures.read",
        "finding.judge",
        "finding.read",
        "lead.read",
        "live.read",
        "report.clear",
        "report.read",
        "retention.hold",
        "run.order",
        "run.read",
        "session.own",
        "settings.read",
        "ticket.read",
        "ticket.work",
        "token.own",
        "user.read",
      ],
      "technician": [
        "account.own",
        "consent.ask",
        "device.read",
        "export.read",
        "factor.own",
        "finding.judge",
        "finding.read",
        "live.read",
        "run.order",
        "run.read",
        "session.own",
        "settings.read",
        "ticket.read",
        "ticket.work",
        "token.own",
        "user.read",
      ],
    }
  `)
})
