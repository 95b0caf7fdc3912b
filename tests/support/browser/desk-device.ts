import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import type { ConsentRecord, Grant } from '@askfirst/protocol/consent-record.ts'
import type { EnrolmentAnswer } from '@askfirst/protocol/enrolment.ts'
import { decodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { reportMessage } from '../report-record.ts'
import type { ScriptedIdentity } from '../scripted-agent.ts'
import {
  chunkFrame,
  completeness,
  consentRecord,
  ECHO_COLLECTOR,
  enrolmentBody,
  helloMessage,
  postEnrol,
  rowBytes,
  ScriptedAgent,
  sha256,
  signReceipt,
} from '../scripted-agent.ts'
import { SPEAKS_TICKETS } from '../scripted-person.ts'
import type { WebDesk } from './web-desk.ts'

const HEARTBEAT_MS = 5_000

/** Further collectors of devices in these tests; texts as an agent would write them. */
export const DESK_CATALOGUE: readonly CatalogueEntry[] = [
  ECHO_COLLECTOR,
  {
    ...ECHO_COLLECTOR,
    id: 'process.list',
    title: 'Running programs',
    tellUser: 'Lists the programs that run, with the memory and processor time they use.',
    notRead: 'It does not read what is in their windows.',
    params: {
      type: 'object',
      additionalProperties: false,
      properties: {
        top: { type: 'integer', minimum: 1, maximum: 500, default: 100, grant: 'atMost', description: 'Most programs' },
        sort: { enum: ['cpu', 'memory'], default: 'cpu', grant: 'equal', description: 'Which come first' },
        commandLine: { type: 'boolean', default: false, grant: 'onlyIf', description: 'Also with their options' },
      },
      required: [],
    },
  },
  {
    ...ECHO_COLLECTOR,
    id: 'disk.space',
    title: 'Disk space',
    tellUser: 'Reads how full each drive is.',
    notRead: 'It does not open or list your files.',
    params: { type: 'object', additionalProperties: false, properties: {}, required: [] },
  },
]

/** A device at a desk whose person answers as the test says. */
export class DeskDevice {
  readonly agent: ScriptedAgent

  private constructor(agent: ScriptedAgent) {
    this.agent = agent
    // A silent device is taken for gone, and a browser's test lasts longer than that.
    const heartbeat = setInterval(() => agent.send({ type: 'link.ping', nonce: 1 }), HEARTBEAT_MS)
    agent.socket.once('close', () => clearInterval(heartbeat))
  }

  /** Enrols a machine of this name. */
  static async enrol(desk: WebDesk, hostName: string, approves = true): Promise<ScriptedIdentity> {
    const wish = { label: 'pages', approves, maxUses: 1, hours: 1 }
    const { code } = await desk.server.services.enrolment.create(wish, SYSTEM_ACTOR)
    const read = decodeEnrolmentCode(code)
    if ('problem' in read) throw new Error(read.problem)
    const authorityPem = await readFile(join(desk.dataDir, 'keys', 'authority.pem'), 'utf8')
    const target = { port: desk.server.agentPort, authorityPem }
    const made = enrolmentBody(Buffer.from(read.token).toString('base64url'))
    const { status, body } = await postEnrol(target, JSON.stringify({ ...made.body, hostName }))
    if (status !== 201) throw new Error(`enrolment answered ${status}: ${JSON.stringify(body)}`)
    return { ...target, key: made.key, machineIdHash: made.machineIdHash, answer: body as EnrolmentAnswer } // Just made.
  }

  /** Connects and announces the catalogue above. */
  static async connect(identity: ScriptedIdentity): Promise<DeskDevice> {
    const opened = await ScriptedAgent.open(identity)
    if (!('agent' in opened)) throw new Error(`the upgrade was refused with ${opened.status}`)
    const { agent } = opened
    const catalogue = [...DESK_CATALOGUE]
    agent.send(helloMessage({ ...SPEAKS_TICKETS, catalogueSha256: sha256(canonicalJson(catalogue)) }))
    const { needCatalogue } = await agent.next('link.welcome')
    if (needCatalogue) agent.send({ type: 'agent.catalogue', catalogue })
    return new DeskDevice(agent)
  }

  get id() {
    return this.agent.deviceId
  }

  /** The next request, as far as the person has seen it. */
  async shown(): Promise<MessageNamed<'consent.request'>> {
    const request = await this.agent.next('consent.request')
    const { requestId } = request
    this.agent.send({ type: 'consent.seen', requestId, state: 'received' })
    this.agent.send({ type: 'consent.seen', requestId, state: 'shown' })
    return request
  }

  /** Says yes, as far as `grant` does not say less. */
  async allow(request: ConsentRequest, grant: Partial<Grant> = {}): Promise<ConsentRecord> {
    const record = consentRecord(request, grant)
    await this.#answer(request, record)
    return record
  }

  /** Says no, in the person's words. */
  async refuse(request: ConsentRequest, reason: string): Promise<void> {
    const record = consentRecord(request)
    await this.#answer(request, { ...record, decision: { state: 'refused', method: 'page', reason } })
  }

  /** Reports the request as suspicious, in the person's words. */
  async report(request: ConsentRequest, reason: string, osUser = 'paul'): Promise<void> {
    this.agent.send(reportMessage(this.agent.identity, request, { osUser, reason }))
    await this.agent.next('consent.recorded')
  }

  /** Takes an order and sends rows for it; the test decides when it ends. */
  accept({ runId }: MessageNamed<'run.start'>, rows: readonly object[]): void {
    this.agent.send({ type: 'run.accepted', runId, review: false })
    if (rows.length > 0) this.agent.sendFrame(chunkFrame(runId, { seq: 0, firstRow: 0 }, rows))
  }

  /** Ends a run that was accepted with these rows. */
  async end(runId: MessageNamed<'run.start'>['runId'], rows: readonly object[]): Promise<void> {
    const chunks = rows.length > 0 ? 1 : 0
    const record = completeness({ rows: rows.length, chunks, bytes: rowBytes(rows) })
    this.agent.send({ type: 'run.end', runId, completeness: record })
    await this.agent.next('run.recorded')
  }

  close(): void {
    this.agent.close()
  }

  async #answer({ requestId }: ConsentRequest, record: ConsentRecord): Promise<void> {
    this.agent.send({ type: 'consent.receipt', requestId, jws: signReceipt(this.agent.identity, record) })
    await this.agent.next('consent.recorded')
  }
}
