import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { Finding } from '../store/entities.ts'
import type { Edition } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import { customerDevice } from './report-input.ts'

const DESK = 'The support desk'
const ELSEWHERE = 'another device'

/** What one edition may show and by which names; made to leave out what it does not know of. */
export interface EditionView {
  readonly edition: Edition
  readonly isInternal: boolean
  /** Whether what was done with a device belongs into the edition. */
  readonly showsDevice: (id: string) => boolean
  readonly showsFinding: (finding: Finding) => boolean
  readonly device: (id: string) => string
  /** Somebody of the desk. */
  readonly person: (id: string) => string
  readonly who: (actor: Actor) => string
  readonly collector: (id: string) => string
}

/** What the desk sees: everything, by its names. */
function internalView(edition: Edition, input: ReportInput): EditionView {
  const device = (id: string) => input.devices.get(id) ?? id
  return {
    edition,
    isInternal: true,
    showsDevice: () => true,
    showsFinding: () => true,
    device,
    person: (id) => input.people.get(id) ?? id,
    who: (actor) => (actor.kind === 'device' ? `The person at ${device(actor.id)}` : actor.name),
    collector: (id) => input.collectors.get(id) ?? id,
  }
}

/**
 * What the person may see: their own device, and of the desk only the names that were shown to them before (who asked
 * them, who wrote to them, who has the ticket).
 */
function customerView(input: ReportInput): EditionView {
  const own = customerDevice(input)
  const known = namesSeen(input, own)
  const ownRuns = new Set(input.runs.filter(({ deviceId }) => deviceId === own).map(({ id }) => id))
  const showsDevice = (id: string) => id === own
  const device = (id: string) => (showsDevice(id) ? (input.devices.get(id) ?? 'your device') : ELSEWHERE)
  const person = (id: string) => known.get(id) ?? DESK
  return {
    edition: 'customer',
    isInternal: false,
    showsDevice,
    // One that was dismissed was wrong; one that rests on other devices would tell of them.
    showsFinding: ({ state, content: { evidence } }) =>
      state !== 'dismissed' && evidence.length > 0 && evidence.every(({ runId }) => ownRuns.has(runId)),
    device,
    person,
    who: (actor) => whoFor(actor, { person, device }),
    collector: (id) => input.collectors.get(id) ?? id,
  }
}

function whoFor(actor: Actor, { person, device }: Pick<EditionView, 'person' | 'device'>): string {
  if (actor.kind === 'device') return `The person at ${device(actor.id)}`
  return actor.kind === 'user' ? person(actor.id) : 'AskFirst'
}

function namesSeen(
  { ticket, entries, requests, people }: ReportInput,
  own: string | null,
): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const { deviceId, request } of requests)
    if (deviceId === own) known.set(request.technician.id, request.technician.name)
  for (const { kind, actor } of entries) if (kind === 'message.sent') known.set(actor.id, actor.name)
  const assignee = ticket.assigneeId === null ? undefined : people.get(ticket.assigneeId)
  if (ticket.assigneeId !== null && assignee !== undefined) known.set(ticket.assigneeId, assignee)
  return known
}

/** The view of an edition. */
export function viewFor(edition: Edition, input: ReportInput): EditionView {
  return edition === 'customer' ? customerView(input) : internalView(edition, input)
}
