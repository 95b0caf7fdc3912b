import { randomBytes } from 'node:crypto'
import { ApiSession } from '../lib/api-session.ts'

/** What a script needs of the server: calls with an API token, and the token for the live socket. */
export interface SignedIn {
  readonly api: ApiSession
  readonly token: string
}

/** Makes the first admin with the one-time link as a person would, and takes an API token. */
export async function signIn(uiUrl: string, setupLink: string): Promise<SignedIn> {
  const account = { email: 'bench@askfirst.invalid', password: randomBytes(24).toString('base64url') }
  const setupToken = new URL(setupLink, uiUrl).searchParams.get('token')
  await new ApiSession(uiUrl).post('/api/setup', { token: setupToken, name: 'Bench', ...account })
  const reply = await fetch(`${uiUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: uiUrl },
    body: JSON.stringify(account),
  })
  if (!reply.ok) throw new Error(`Signing in answered ${reply.status}: ${await reply.text()}`)
  const { csrfToken } = (await reply.json()) as { readonly csrfToken: string } // Shape of POST /api/session.
  const cookies = reply.headers.getSetCookie().map((line) => line.split(';')[0])
  const session = new ApiSession(uiUrl, { cookie: cookies.join('; '), origin: uiUrl, 'x-csrf-token': csrfToken })
  const { secret } = await session.post<{ readonly secret: string }>('/api/tokens', { name: 'bench', days: 1 })
  return { api: new ApiSession(uiUrl, { authorization: `Bearer ${secret}` }), token: secret }
}
