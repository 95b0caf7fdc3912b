import type { RouteOptions } from 'fastify'
import type { App } from '../app-types.ts'
import { PROBLEM_TYPE, Problem, problemOf } from './problem.ts'

/** One registered route, for the tests that enumerate them and for 405 answers. */
export interface RouteEntry {
  readonly method: string
  readonly url: string
  readonly permission: string
}

/**
 * Keeps a list of all routes. A route without a permission or without a response schema does not register, so that the
 * default is "no" by construction (SPEC of the server: default deny). Every route gets the problem schema for errors.
 */
export function registerRouteRules(app: App): readonly RouteEntry[] {
  const routes: RouteEntry[] = []
  app.addHook('onRoute', (route) => {
    const permission = requireDeclarations(route)
    for (const method of [route.method].flat()) routes.push({ method, url: route.url, permission })
  })
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(routes, request.url)
    const code = allowed.length === 0 ? 'NOT_FOUND' : 'METHOD_NOT_ALLOWED'
    const detail = `${request.method} is not answered at this address.`
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '))
    const problem = problemOf(code, { detail, requestId: request.id })
    return reply.code(problem.status).type(PROBLEM_TYPE).send(problem)
  })
  return routes
}

function requireDeclarations(route: RouteOptions): string {
  const permission = route.config?.permission
  if (permission === undefined) throw new Error(`Route ${String(route.method)} ${route.url} declares no permission`)
  const schema: { response?: unknown } = route.schema ?? {}
  if (typeof schema.response !== 'object' || schema.response === null) {
    throw new Error(`Route ${String(route.method)} ${route.url} declares no response schema`)
  }
  const problem = { description: 'Problem details', content: { [PROBLEM_TYPE]: { schema: Problem } } }
  schema.response = { '4xx': problem, '5xx': problem, ...schema.response }
  return permission
}

function methodsAt(routes: readonly RouteEntry[], url: string): readonly string[] {
  const path = url.split('?', 1)[0] ?? ''
  const methods = routes.filter((route) => matches(route.url, path)).map((route) => route.method)
  return [...new Set(methods)].sort()
}

/** Whether a path fits a route pattern; `:name` stands for one segment. */
function matches(pattern: string, path: string): boolean {
  const want = pattern.split('/')
  const have = path.split('/')
  return (
    want.length === have.length &&
    want.every((part, at) => (part.startsWith(':') ? have[at] !== '' : part === have[at]))
  )
}
