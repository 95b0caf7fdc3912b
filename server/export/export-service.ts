import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow } from '../clock.ts'
import type { BundleDeps } from './build-bundle.ts'
import { buildBundle } from './build-bundle.ts'

/** Exports tickets; each export stands in the audit log, because it takes collected data out of the server. */
export class ExportService {
  readonly #deps: BundleDeps

  constructor(deps: BundleDeps) {
    this.#deps = deps
  }

  /**
   * Makes a ticket's bundle.
   *
   * @returns a file name and the zip's bytes
   * @throws AskFirstError NOT_FOUND, PAYLOAD_TOO_LARGE
   */
  async bundle(ticketId: TicketId, actor: Actor): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
    const bytes = await buildBundle(this.#deps, ticketId)
    await this.#deps.store.audit.append({
      at: isoNow(this.#deps.clock),
      actor,
      action: 'ticket.exported',
      subject: ticketId,
      detail: { bytes: bytes.length },
    })
    return { name: `askfirst-${ticketId}.zip`, bytes }
  }
}
