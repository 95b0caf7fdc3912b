/** A signed-in caller of the API, for what a test sets up without clicking. */
export class DeskClient {
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>

  private constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url
    this.#headers = headers
  }

  static async signIn(url: string, email: string, password: string): Promise<DeskClient> {
    const response = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ email, password }),
    })
    if (!response.ok)
      throw new Error(`signing in as ${email} was answered ${response.status}: ${await response.text()}`)
    const { csrfToken } = (await response.json()) as { readonly csrfToken: string } // The route's schema says so.
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return new DeskClient(url, { cookie, origin: url, 'x-csrf-token': csrfToken })
  }

  /** @throws Error with the server's answer when it says no */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Answer // The caller names the route's answer.
  }

  /** A file as it is downloaded. */
  async file(path: string): Promise<Uint8Array> {
    const response = await fetch(`${this.#url}${path}`, { headers: this.#headers })
    if (!response.ok) throw new Error(`GET ${path} was answered ${response.status}: ${await response.text()}`)
    return new Uint8Array(await response.arrayBuffer())
  }
}
