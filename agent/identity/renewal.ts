import { X509Certificate } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AgentMessage, MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { makeSigningRequest } from './csr.ts'
import type { Identity } from './identity.ts'
import { checkCertificate, checkDates, saveIdentity, withCertificate } from './identity.ts'

/** A renewal falls due between 60 % and 73 % of a certificate's life, so that a fleet enrolled in one hour spreads out. */
const DUE_FROM = 0.6
const DUE_SPREAD = 0.13
/** A request that got no answer is repeated after this time. */
const RETRY_MS = 3_600_000

export interface RenewalOptions {
  readonly dataDir: string
  readonly identity: Identity
  /** Unix ms, this machine's clock. */
  readonly now: () => number
  /** 0 to 1 */
  readonly random: () => number
  /** The new identity is for the next connection; the session on now goes on. */
  readonly onRenewed: (identity: Identity) => void
}

/** Renews the device's certificate over its session before it ends (SPEC H8). */
export class Renewal {
  readonly #options: RenewalOptions
  #identity: Identity
  #dueAt: number
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(options: RenewalOptions) {
    this.#options = options
    this.#identity = options.identity
    this.#dueAt = dueAt(options.identity.certificatePem, options.random())
  }

  /** Time at which a renewal falls due, Unix ms. */
  get dueAt(): number {
    return this.#dueAt
  }

  /** End of the newest certificate, ISO 8601. */
  get expiresAt(): string {
    return new X509Certificate(this.#identity.certificatePem).validToDate.toISOString()
  }

  /** The message to send now, or null when nothing is due. */
  takeRequest(): AgentMessage | null {
    const now = this.#options.now()
    if (now < this.#dueAt || now - this.#askedAt < RETRY_MS) return null
    this.#askedAt = now
    return { type: 'certificate.renew', csr: makeSigningRequest(this.#identity.key, 'AskFirst device') }
  }

  /**
   * Checks and stores what the server issued. A certificate that nobody asked for is refused like a wrong one.
   *
   * @throws AskFirstError `CERTIFICATE_REFUSED`; the earlier certificate stays in use
   */
  accept(message: MessageNamed<'certificate.issued'>): void {
    if (this.#askedAt === Number.NEGATIVE_INFINITY) {
      throw new AskFirstError('CERTIFICATE_REFUSED', 'The server sent a certificate that this device did not ask for.')
    }
    const identity = this.#identity
    // The chain from the wire must be the pinned one; what is stored is the authority that is stored already.
    const certificatePem = checkCertificate(identity, message.certificate, message.chain)
    checkDates(certificatePem, this.#options.now())
    const file = withCertificate(identity, certificatePem)
    saveIdentity(this.#options.dataDir, file)
    this.#identity = { ...file, key: identity.key, keyPem: identity.keyPem }
    this.#dueAt = dueAt(certificatePem, this.#options.random())
    this.#askedAt = Number.NEGATIVE_INFINITY
    this.#options.onRenewed(this.#identity)
  }
}

function dueAt(certificatePem: string, random: number): number {
  const certificate = new X509Certificate(certificatePem)
  const from = certificate.validFromDate.getTime()
  const life = certificate.validToDate.getTime() - from
  return from + life * (DUE_FROM + DUE_SPREAD * random)
}
