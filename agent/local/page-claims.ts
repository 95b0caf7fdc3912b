import type { RequestId } from '@askfirst/protocol/ids.ts'

/** Long enough for all companions to have heard of a request; after it another may show the request again. */
const CLAIM_MS = 5_000

/** Who of an account's companions opens the page of a request: the first that asks, once for each round of reminding. */
export class PageClaims {
  readonly #nowMs: () => number
  readonly #claims = new Map<string, number>()

  /** @param nowMs a clock that nobody can set */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** True for the first caller of an account. */
  take(account: string, requestId: RequestId, round: number): boolean {
    const now = this.#nowMs()
    for (const [claim, until] of this.#claims) {
      if (until <= now) this.#claims.delete(claim)
    }
    const claim = `${account} ${requestId} ${round}`
    if (this.#claims.has(claim)) return false
    this.#claims.set(claim, now + CLAIM_MS)
    return true
  }
}
