import { ApiProblem, problemOf } from './problem.ts'

/** For the header `x-csrf-token`; comes with the session. */
let csrfToken: string | null = null
export function rememberCsrfToken(token: string | null): void {
  csrfToken = token
}

/** Called when the server no longer knows who this is; set by the shell. */
let onSignedOut: () => void = () => undefined
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener
}

export type Query = Readonly<Record<string, string | number | undefined>>

/** `path` with the parameters that are set. */
function withQuery(path: string, query: Query = {}): string {
  const set = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]))
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`
}

/**
 * Reads from the API.
 *
 * @throws ApiProblem
 */
export function apiGet<Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> {
  return call<Answer>('GET', withQuery(path, query), undefined, signal)
}

/**
 * Changes something through the API; a body is sent as JSON.
 *
 * @throws ApiProblem
 */
export function apiSend<Answer>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  return call<Answer>(method, path, body)
}

/**
 * Gets a file that is made for what the body says.
 *
 * @throws ApiProblem
 */
export async function apiFile(path: string, body: unknown): Promise<Blob> {
  return (await answered('POST', path, body)).blob()
}

async function call<Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const response = await answered(method, path, body, signal)
  if (response.status === 204) return undefined as Answer // The caller of a route without content expects nothing.
  return (await response.json()) as Answer // The server holds its answers to the schema of the route.
}

async function answered(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (method !== 'GET' && csrfToken !== null) headers['x-csrf-token'] = csrfToken
  const response = await reach(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.code === 'NOT_SIGNED_IN') onSignedOut()
    throw problem
  }
  return response
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem({
      status: 0,
      code: 'OFFLINE',
      title: 'The server cannot be reached.',
      detail: 'Check the connection; what you typed is still here.',
    })
  }
}
