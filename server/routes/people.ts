import { Count, Instant, line, Sha256 } from '@askfirst/protocol/fields.ts'
import { DeviceId, ErasureId, TicketId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { PeopleService } from '../erasure/people-service.ts'
import { callerOf } from '../plugins/auth.ts'
import { TICKET_STATES } from '../store/entities.ts'
import { actorOf } from '../users/caller.ts'
import { closed, orNull, text } from './fields.ts'

const Key = Type.Union([
  // In lower case, as a search gives it: addresses are compared so.
  Type.Object({ kind: Type.Literal('address'), address: Type.String({ minLength: 3, maxLength: 320 }) }, closed),
  Type.Object({ kind: Type.Literal('account'), deviceId: DeviceId, osUser: line(255) }, closed),
  Type.Object({ kind: Type.Literal('name'), name: line(200) }, closed),
])
const Person = Type.Array(Key, { minItems: 1, maxItems: 20 })
const counts = {
  entries: Count,
  files: Count,
  runs: Count,
  chunks: Count,
  rows: Count,
  bytes: Count,
  mails: Count,
}
const Holdings = Type.Object({ ...counts, receipts: Count, knowledge: Count })
const Found = Type.Object({
  key: Key,
  names: Type.Array(Type.String()),
  deviceName: orNull(Type.String()),
  tickets: Count,
  lastAt: Instant,
})
const Kept = Type.Object({
  tickets: Type.Array(
    Type.Object({
      id: TicketId,
      number: Count,
      title: Type.String(),
      state: Type.Enum([...TICKET_STATES]),
      isHeld: Type.Boolean(),
      /** Whether all of the ticket is theirs, or only what they said and where they are named. */
      part: Type.Enum(['whole', 'mentions']),
      holdings: Holdings,
    }),
  ),
  total: Holdings,
  preview: Sha256,
})
const Outcome = Type.Object({
  id: ErasureId,
  counts: Type.Object({ ...counts, tickets: Count }),
  left: Type.Array(Count),
})

/** `/api/people`: people outside the desk, and what is kept on them. */
export function peopleRoutes({ people }: { readonly people: PeopleService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/people',
      {
        config: { permission: 'people.read' },
        schema: {
          summary: 'Find a person by name, address or account',
          querystring: Type.Object(
            { q: text(200), limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }) },
            closed,
          ),
          response: { 200: Type.Object({ items: Type.Array(Found) }) },
        },
      },
      async ({ query }) => ({ items: [...(await people.find(query.q, query.limit))].map(found) }),
    )

    app.post(
      '/api/people/kept',
      {
        config: { permission: 'people.read' },
        schema: {
          summary: 'Say what is kept on a person, what an erasure would take and what would stay',
          body: Type.Object({ person: Person }, closed),
          response: { 200: Kept },
        },
      },
      async ({ body }) => {
        const { tickets, total, preview } = await people.kept(body.person)
        return { tickets: [...tickets], total, preview }
      },
    )

    app.post(
      '/api/people/export',
      {
        config: { permission: 'people.manage' },
        schema: {
          summary: 'Export all that is kept on a person (zip)',
          body: Type.Object({ person: Person }, closed),
          response: {
            200: {
              content: { 'application/zip': { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) } },
            },
          },
        },
      },
      async (request, reply) => {
        const { name, bytes } = await people.export(request.body.person, actorOf(callerOf(request).user))
        return reply
          .header('content-disposition', `attachment; filename="${name}"`)
          .header('x-content-type-options', 'nosniff')
          .type('application/zip')
          .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      },
    )

    app.post(
      '/api/people/erase',
      {
        config: { permission: 'people.manage' },
        schema: {
          summary: 'Erase what is kept on a person',
          description:
            'Takes back nothing: `preview` of `/api/people/kept` says that whoever orders it has seen what goes.',
          body: Type.Object({ person: Person, reason: text(500), preview: Sha256 }, closed),
          response: { 200: Outcome },
        },
      },
      async (request) => {
        const { id, counts: gone, left } = await people.erase(request.body, actorOf(callerOf(request).user))
        return { id, counts: gone, left: [...left] }
      },
    )
  }
}

function found({ names, ...person }: Awaited<ReturnType<PeopleService['find']>>[number]) {
  return { ...person, names: [...names] }
}
