import { createHash, randomBytes } from 'node:crypto'
import { encodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { EnrolmentToken, Page, PageRequest } from '../store/entities.ts'
import type { Store } from '../store/store.ts'

/** Where agents reach this server, as an enrolment code names it. */
export interface EnrolmentAddress {
  readonly host: string
  readonly port: number
  /** SHA-256 of the authority's certificate, 32 bytes. */
  readonly authoritySha256: Uint8Array
}

export interface EnrolmentWish {
  readonly label: string
  readonly maxUses: number
  readonly hours: number
  /** True: devices are active at once. False: they wait in quarantine. */
  readonly approves: boolean
}

export type EnrolmentService = ReturnType<typeof createEnrolmentService>

const TOKEN_BYTES = 16

/** Enrolment tokens: each becomes one code that people paste on a machine. */
export function createEnrolmentService(input: {
  readonly store: Pick<Store, 'enrolment'>
  readonly clock: Clock
  /** Asked when a code is made: the port may be known only after listening. */
  readonly address: () => EnrolmentAddress
}) {
  const { store, clock, address } = input
  return {
    /** Creates a token; the code is in the answer and nowhere else. */
    async create(
      wish: EnrolmentWish,
      actor: Actor,
    ): Promise<{ readonly token: EnrolmentToken; readonly code: string }> {
      const secret = randomBytes(TOKEN_BYTES)
      const { label, maxUses, hours, approves } = wish
      const token: EnrolmentToken = {
        id: newId('ent', clock),
        label,
        tokenHash: createHash('sha256').update(secret).digest('hex'),
        maxUses,
        uses: 0,
        approves,
        expiresAt: new Date(clock.now() + hours * 3_600_000).toISOString(),
        createdBy: actor.id,
        createdAt: isoNow(clock),
        revokedAt: null,
      }
      const code = encodeEnrolmentCode({ ...address(), token: secret })
      const detail = { label, maxUses, approves, expiresAt: token.expiresAt }
      await store.enrolment.create(
        token,
        auditDraft(clock, { actor, action: 'enrolment-token.created', subject: token.id, detail }),
      )
      return { token, code }
    },

    list: (page: PageRequest): Promise<Page<EnrolmentToken>> => store.enrolment.list(page),

    /** Makes a token useless; devices that enrolled with it stay. @throws AskFirstError NOT_FOUND */
    async revoke(id: string, actor: Actor): Promise<EnrolmentToken> {
      const draft = auditDraft(clock, { actor, action: 'enrolment-token.revoked', subject: id })
      const token = await store.enrolment.revoke(id, isoNow(clock), draft)
      if (token === null) throw new AskFirstError('NOT_FOUND', `There is no enrolment token ${id}.`)
      return token
    },
  }
}
