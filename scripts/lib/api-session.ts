/** A small caller of the server's API for scripts: bearer token, JSON in and out, problem details as errors. */
export class ApiSession {
  readonly #base: string
  #headers: Record<string, string>

  constructor(base: string, headers: Record<string, string> = {}) {
    this.#base = base
    this.#headers = headers
  }

  /** From now on calls carry this API token. */
  useToken(secret: string): void {
    this.#headers = { authorization: `Bearer ${secret}` }
  }

  get<Reply>(path: string): Promise<Reply> {
    return this.#call<Reply>('GET', path)
  }

  post<Reply>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    return this.#call<Reply>('POST', path, body, headers)
  }

  patch<Reply>(path: string, body: unknown): Promise<Reply> {
    return this.#call<Reply>('PATCH', path, body)
  }

  async bytes(path: string): Promise<Uint8Array> {
    const reply = await fetch(this.#base + path, { headers: this.#headers })
    if (!reply.ok) throw new Error(`GET ${path} answered ${reply.status}: ${await reply.text()}`)
    return new Uint8Array(await reply.arrayBuffer())
  }

  async #call<Reply>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const reply = await fetch(this.#base + path, {
      method,
      headers: { ...this.#headers, ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${text}`)
    // The caller names the reply's shape as the API describes it; a script that gets another one fails at its use.
    return (text === '' ? undefined : JSON.parse(text)) as Reply
  }
}
