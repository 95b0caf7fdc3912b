import type { Store } from './store.ts'

/** The parts of a store; `ping` and `close` are the backend's own. */
export type StoreAreas = Omit<Store, 'ping' | 'close'>
type AreaName = keyof StoreAreas
export type MethodName = { [Area in AreaName]: `${Area}.${keyof StoreAreas[Area] & string}` }[AreaName]

/** Every method of the store and whether it changes something: the closed list of what may cross to a store thread. */
export const METHODS: Readonly<Record<MethodName, 'read' | 'write'>> = {
  'users.create': 'write',
  'users.createFirstAdmin': 'write',
  'users.get': 'read',
  'users.byEmail': 'read',
  'users.list': 'read',
  'users.change': 'write',
  'users.hasAdmin': 'read',
  'users.search': 'read',
  'users.views': 'read',
  'users.putViews': 'write',
  'users.invite': 'write',
  'users.invited': 'read',
  'users.acceptInvitation': 'write',
  'users.standings': 'read',
  'sessions.put': 'write',
  'sessions.get': 'read',
  'sessions.delete': 'write',
  'sessions.deleteForUser': 'write',
  'sessions.deleteExpired': 'write',
  'sessions.list': 'read',
  'sessions.end': 'write',
  'factors.get': 'read',
  'factors.beginTotp': 'write',
  'factors.confirmTotp': 'write',
  'factors.useTotpStep': 'write',
  'factors.removeTotp': 'write',
  'factors.replaceRecoveryCodes': 'write',
  'factors.useRecoveryCode': 'write',
  'factors.addPasskey': 'write',
  'factors.usePasskey': 'write',
  'factors.removePasskey': 'write',
  'factors.reset': 'write',
  'tokens.create': 'write',
  'tokens.bySecretHash': 'read',
  'tokens.listForUser': 'read',
  'tokens.touch': 'write',
  'tokens.delete': 'write',
  'enrolment.create': 'write',
  'enrolment.list': 'read',
  'enrolment.revoke': 'write',
  'enrolment.enrol': 'write',
  'enrolment.usable': 'read',
  'devices.get': 'read',
  'devices.byMachine': 'read',
  'devices.list': 'read',
  'devices.connecting': 'read',
  'devices.waiting': 'read',
  'devices.seen': 'write',
  'devices.seenAt': 'write',
  'devices.setStanding': 'write',
  'devices.putCatalogue': 'write',
  'devices.catalogue': 'read',
  'devices.certificates': 'read',
  'devices.certificateBySha256': 'read',
  'devices.addCertificate': 'write',
  'devices.revokeCertificates': 'write',
  'devices.revoked': 'read',
  'tickets.create': 'write',
  'tickets.get': 'read',
  'tickets.list': 'read',
  'tickets.byNumber': 'read',
  'tickets.gradeCounts': 'read',
  'tickets.activity': 'read',
  'tickets.change': 'write',
  'tickets.followed': 'read',
  'tickets.followedBy': 'read',
  'log.append': 'write',
  'log.read': 'read',
  'log.conversation': 'read',
  'log.head': 'read',
  'consent.create': 'write',
  'consent.get': 'read',
  'consent.byGrant': 'read',
  'consent.listForTicket': 'read',
  'consent.openForDevice': 'read',
  'consent.unanswered': 'read',
  'consent.advance': 'write',
  'consent.recordReceipt': 'write',
  'consent.endGrant': 'write',
  'runs.create': 'write',
  'runs.get': 'read',
  'runs.listForTicket': 'read',
  'runs.openForDevice': 'read',
  'runs.openSince': 'read',
  'runs.advance': 'write',
  'runs.appendChunks': 'write',
  'runs.chunks': 'read',
  'runs.chunkDigests': 'read',
  'runs.end': 'write',
  'runs.figures': 'read',
  'runs.withhold': 'write',
  'runs.indexRows': 'write',
  'runs.toIndex': 'read',
  'runs.rows': 'read',
  'runs.rowOrder': 'read',
  'runs.rowsAt': 'read',
  'runs.rowFacets': 'read',
  'runs.rowTimes': 'read',
  'findings.add': 'write',
  'findings.listForTicket': 'read',
  'findings.search': 'read',
  'findings.judge': 'write',
  'method.read': 'read',
  'method.put': 'write',
  'reports.record': 'write',
  'reports.get': 'read',
  'reports.list': 'read',
  'reports.openAgainst': 'read',
  'reports.clear': 'write',
  'reports.clearedOf': 'read',
  'figures.openTickets': 'read',
  'figures.tickets': 'read',
  'figures.consent': 'read',
  'figures.causes': 'read',
  'figures.events': 'read',
  'knowledge.create': 'write',
  'knowledge.get': 'read',
  'knowledge.list': 'read',
  'knowledge.ofTicket': 'read',
  'knowledge.change': 'write',
  'knowledge.history': 'read',
  'knowledge.shared': 'read',
  'retention.standing': 'read',
  'retention.due': 'read',
  'retention.hold': 'write',
  'retention.release': 'write',
  'retention.ageOut': 'write',
  'statements.record': 'write',
  'statements.get': 'read',
  'statements.openedAt': 'read',
  'attachments.figures': 'read',
  'attachments.get': 'read',
  'attachments.listForTicket': 'read',
  'attachments.listForStatement': 'read',
  'attachments.wantedOf': 'read',
  'attachments.content': 'read',
  'attachments.append': 'write',
  'attachments.complete': 'write',
  'attachments.refuse': 'write',
  'audit.append': 'write',
  'audit.read': 'read',
  'audit.head': 'read',
  'settings.schemaSteps': 'read',
  'settings.storage': 'read',
  'settings.get': 'read',
  'settings.set': 'write',
  'timers.set': 'write',
  'timers.cancel': 'write',
  'timers.cancelFor': 'write',
  'timers.claim': 'write',
  'timers.release': 'write',
  'timers.fire': 'write',
  'timers.nextDue': 'read',
  'mail.claim': 'write',
  'mail.end': 'write',
  'mail.retry': 'write',
  'mail.listForTicket': 'read',
  'mail.queue': 'write',
  'mail.figures': 'read',
}

/** Whether a text names a method of the store. */
function isMethodName(text: unknown): text is MethodName {
  return typeof text === 'string' && Object.hasOwn(METHODS, text)
}

export type Call = (name: MethodName, args: readonly unknown[]) => Promise<unknown>

/** A store whose every method is one call of `call`. */
export function areasFromCalls(call: Call): StoreAreas {
  const areas: Record<string, Record<string, (...args: readonly unknown[]) => Promise<unknown>>> = {}
  for (const name of Object.keys(METHODS)) {
    if (!isMethodName(name)) continue
    const [area = '', method = ''] = name.split('.')
    areas[area] = { ...areas[area], [method]: (...args) => call(name, args) }
  }
  // The keys are those of METHODS, which the compiler holds equal to the interface; `call` answers with the method's own result.
  return areas as unknown as StoreAreas
}

/** Calls one method of a store by its name; the arguments are the caller's word. */
export async function invoke(areas: StoreAreas, name: MethodName, args: readonly unknown[]): Promise<unknown> {
  const [area = '', method = ''] = name.split('.')
  const target: unknown = Reflect.get(areas, area)
  if (typeof target !== 'object' || target === null) throw new TypeError(`The store has no part ${area}`)
  const implementation: unknown = Reflect.get(target, method)
  if (typeof implementation !== 'function') throw new TypeError(`The store has no method ${name}`)
  return await Reflect.apply(implementation, target, [...args])
}
