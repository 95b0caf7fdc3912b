/** An answer of the server that says no (RFC 9457), or no answer at all (`OFFLINE`, status 0). */
export class ApiProblem extends Error {
  readonly status: number
  /** Code of the error table (protocol/errors.ts), `OFFLINE` or `UNREADABLE`. */
  readonly code: string
  readonly title: string
  /** What the server adds for programs; absent where it adds nothing. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(facts: {
    readonly status: number
    readonly code: string
    readonly title: string
    readonly detail?: string
    readonly details?: Readonly<Record<string, unknown>>
  }) {
    super(facts.detail ?? facts.title)
    this.name = 'ApiProblem'
    this.status = facts.status
    this.code = facts.code
    this.title = facts.title
    this.details = facts.details ?? {}
  }
}

/** What a person is told about a failure, in one or two sentences. */
export function problemText(error: unknown): string {
  if (error instanceof ApiProblem)
    return error.message === error.title ? error.title : `${error.title} ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const facts = await readProblem(response)
  return new ApiProblem({
    status: response.status,
    code: facts.code ?? 'UNREADABLE',
    title: facts.title ?? `The server answered ${response.status}.`,
    ...(facts.detail === undefined ? {} : { detail: facts.detail }),
    ...(facts.details === undefined ? {} : { details: facts.details }),
  })
}

interface ProblemFacts {
  code?: string
  title?: string
  detail?: string
  details?: Readonly<Record<string, unknown>>
}

async function readProblem(response: Response): Promise<ProblemFacts> {
  try {
    const body: unknown = await response.json()
    if (typeof body !== 'object' || body === null) return {}
    const texts = Object.entries(body).filter(([, value]) => typeof value === 'string')
    const details = 'details' in body && typeof body.details === 'object' && body.details !== null ? body.details : {}
    return { ...(Object.fromEntries(texts) as ProblemFacts), details: { ...details } } // Only texts are kept.
  } catch {
    // A proxy's page or a cut answer: the status alone tells.
    return {}
  }
}
