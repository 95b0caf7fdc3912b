import { createHash, randomBytes } from 'node:crypto'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { Store } from '../store/store.ts'

/** Enough that nobody guesses one, as for every secret here. */
const SECRET_BYTES = 32
const LINK_MS = 14 * 86_400_000
/** How long a link that expired is still known, so that a new one can be asked for with it. */
const KNOWN_MS = 90 * 86_400_000

/** A link as it stands in a mail; the only place where its token is. */
export interface MintedLink {
  readonly url: string
  readonly expiresAt: string
}

export type RequesterLinks = ReturnType<typeof createRequesterLinks>

/** Makes the links in mails. */
export function createRequesterLinks(deps: {
  readonly store: Pick<Store, 'requesters'>
  readonly clock: Clock
  /** Address of the server's pages, without a slash at the end. */
  readonly url: () => string
}) {
  const { store, clock, url } = deps
  return {
    async mint(ticketId: TicketId, address: string): Promise<MintedLink> {
      const token = newSecret()
      const expiresAt = new Date(clock.now() + LINK_MS).toISOString()
      await store.requesters.addLink({
        tokenHash: hashOf(token),
        ...{ ticketId, address, expiresAt },
        createdAt: isoNow(clock),
      })
      return { url: `${url()}/r/${token}`, expiresAt }
    },
    /** Forgets links that nobody asks about any more. */
    removeOld: (): Promise<number> => store.requesters.removeLinks(new Date(clock.now() - KNOWN_MS).toISOString()),
  }
}

export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** What is kept of a secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
