import type { RequestId } from '@askfirst/protocol/ids.ts'

/** Most claims that are remembered; the oldest go first. */
const MAX_CLAIMS = 256

/** Who of an account's companions opens the page of a request: the first that asks, once for each round of reminding. */
export class PageClaims {
  readonly #claims = new Set<string>()

  /** True for the first caller of an account. */
  take(account: string, requestId: RequestId, round: number): boolean {
    const claim = `${account} ${requestId} ${round}`
    if (this.#claims.has(claim)) return false
    this.#claims.add(claim)
    for (const oldest of this.#claims) {
      if (this.#claims.size <= MAX_CLAIMS) break
      this.#claims.delete(oldest)
    }
    return true
  }
}
