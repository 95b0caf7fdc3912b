import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { verifyBundle } from '@askfirst/server/export/verify-bundle.ts'
import { describeReport } from '@askfirst/server/export/verify-command.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import { openedSaid, PNG } from '../support/person-records.ts'
import { namedFile, openTicket, SPEAKS_TICKETS, sendFile } from '../support/scripted-person.ts'
import { entriesOf, filesOf, rechained, sealed, setEntries } from '../support/sealed-bundle.ts'
import { closingOf } from '../support/store-records.ts'

let world: HostileWorld
beforeAll(async () => {
  world = await startHostileWorld()
})
afterAll(() => world.close())

it('[G10] a bundle of a ticket whose files were deleted verifies and says so; one without that entry does not', async () => {
  const { desk, store, directory } = world
  const agent = await desk.connect(undefined, SPEAKS_TICKETS)
  const ticketId = await openTicket(agent, openedSaid({ attachments: [namedFile(PNG)] }))
  expect(await sendFile(agent, PNG)).toMatchObject({ state: 'complete' })
  const exported = async () =>
    new Uint8Array(await (await desk.call('GET', `/api/tickets/${ticketId}/export`)).arrayBuffer())
  expect(verifyBundle(await exported())).toMatchObject({ ok: true, files: 1, agedOut: { chunks: 0, files: 0 } })

  const ticket = await store.tickets.get(ticketId)
  const at = new Date().toISOString()
  const actor = { kind: 'system', id: 'retention', name: 'AskFirst retention' } as const
  const changed = { ticketId, at, actor, kind: 'ticket.changed', body: {} } as const
  await store.tickets.close({ ...closingOf(ticketId, { at, version: ticket?.version ?? 0 }), logs: [changed] })
  const log = { ...changed, kind: 'retention.aged-out', body: { closedDays: 1 } } as const
  const later = new Date(Date.now() + 60_000).toISOString()
  expect(await store.retention.ageOut(ticketId, later, log)).toMatchObject({ files: 1 })
  const after = await exported()
  const report = verifyBundle(after)
  expect(report).toMatchObject({ ok: true, files: 1, agedOut: { chunks: 0, files: 1 }, problems: [] })
  expect(describeReport('x.zip', report)).toContain('0 chunks and 1 files were deleted after their time')

  const files = filesOf(after)
  setEntries(files, rechained(entriesOf(files).filter(({ kind }) => kind !== 'retention.aged-out')))
  const insider = await openLogSigner({ directory: `${directory}/keys`, name: '127.0.0.1' })
  expect(verifyBundle(sealed(files, insider)).problems).toMatchObject([
    { check: 'file', text: expect.stringContaining('is missing') },
  ])
})
