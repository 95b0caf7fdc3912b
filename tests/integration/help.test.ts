import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { CommandArgs, CommandName, CommandResult } from '@askfirst/agent/local/commands.ts'
import { callerFor } from '@askfirst/agent/ui/agent-caller.ts'
import { handFile } from '@askfirst/agent/ui/hand-file.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until, World } from '../support/kill/world.ts'
import { PNG } from '../support/person-records.ts'

let world: World
beforeAll(async () => {
  world = await World.make()
  world.startAgent()
  await until('the device is online', async () => ((await world.desk.device())?.online === true ? true : null))
})
afterAll(() => world.remove())

const agent = () => callerFor(join(world.agentDir, 'run'))
const call = <Name extends CommandName>(name: Name, args: CommandArgs<Name>): Promise<CommandResult<Name>> =>
  agent().call(name, args)
const shown = (ticketId: TicketId) => call('help.ticket', { ticketId })
const stageIs = (ticketId: TicketId, stage: string) =>
  until(`the person sees ${stage}`, async () => {
    const { ticket } = await shown(ticketId)
    return ticket.stage === stage ? ticket : null
  })

async function change(ticketId: TicketId, wish: object): Promise<void> {
  const { version } = await world.desk.api.get<{ version: number }>(`/api/tickets/${ticketId}`)
  await world.desk.api.patch(`/api/tickets/${ticketId}`, { version, ...wish })
}

interface Attached {
  readonly id: string
  readonly name: string
  readonly state: string
}

/** A file of many pieces that begins as a PNG does. */
const picture = Buffer.concat([PNG, Buffer.alloc(400_000, 7)])
const words = {
  name: 'Rae Example',
  title: 'The printer is silent',
  hindrance: 'cannot-work',
  affected: 'some',
} as const

describe('a person who gets help, with the real agent and the real server', () => {
  it('[P1] [P5] [P6] opens a ticket with a picture while nothing answers; kills on both sides lose none of it', async () => {
    await world.killServer()
    const attachmentId = await handFile(agent(), picture)
    const files = [{ attachmentId, name: 'Picture 1.png' }]
    const { ticketId } = await call('help.open', { ...words, what: 'No paper comes', files, language: 'en' })
    await call('help.reply', { ticketId, text: 'It blinks as well', files: [], language: 'en' })
    expect((await shown(ticketId)).ticket).toMatchObject({ stage: 'unsent', unsent: 2, openedHere: true })
    await world.killAgent()
    world.startAgent()
    world.startServer()
    await world.serverReady()
    await until('the ticket is there', async () =>
      world.desk.api.get<object>(`/api/tickets/${ticketId}`).catch(() => null),
    )
    await world.killServer()
    world.startServer()
    await world.serverReady()
    const file = await until('the picture is whole', async () => {
      const { items } = await world.desk.api.get<{ items: Attached[] }>(`/api/tickets/${ticketId}/attachments`)
      return items.find(({ state }) => state === 'complete') ?? null
    })
    const bytes = Buffer.from(await world.desk.api.bytes(`/api/attachments/${file.id}/content`))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(createHash('sha256').update(picture).digest('hex'))
    const stated = (await world.desk.log(ticketId)).filter(({ kind }) => kind === 'person.stated')
    expect(stated).toHaveLength(2)
    await until('the person sees that all of it arrived', async () => {
      const { ticket, opened } = await shown(ticketId)
      return ticket.unsent === 0 && opened?.attachments[0]?.state === 'complete' ? true : null
    })
  })

  it('[P7] [P8] [P9] reads what the desk wrote and says whether it is fixed; a no opens it again', async () => {
    const { ticketId } = await call('help.open', { ...words, files: [], language: 'de' })
    await stageIs(ticketId, 'new')
    await world.desk.takeOver(ticketId)
    await world.desk.api.post(`/api/tickets/${ticketId}/messages`, { text: 'Is it switched on?' })
    const { entries } = await until('the message is shown', async () => {
      const ticket = await shown(ticketId)
      return ticket.entries.length > 0 ? ticket : null
    })
    expect(entries).toMatchObject([{ from: 'desk', text: 'Is it switched on?' }])
    await call('help.reply', { ticketId, text: 'It is', files: [], language: 'de' })
    await change(ticketId, { state: 'resolved' })
    expect(await stageIs(ticketId, 'resolved')).toMatchObject({ asksFixed: true })
    await call('help.answer', { ticketId, fixed: false, text: 'Still silent', language: 'de' })
    await until('it is worked on again', async () => {
      const { ticket } = await shown(ticketId)
      return ['new', 'open'].includes(ticket.stage) ? true : null
    })
    await change(ticketId, { state: 'resolved' })
    await stageIs(ticketId, 'resolved')
    await call('help.answer', { ticketId, fixed: true, language: 'de' })
    await until('the answer is recorded', async () => ((await shown(ticketId)).ticket.fixed === true ? true : null))
    const said = (await shown(ticketId)).entries.map(({ from, fixed, text, state }) => ({ from, fixed, text, state }))
    expect(said).toEqual([
      { from: 'desk', fixed: undefined, text: 'Is it switched on?', state: undefined },
      { from: 'you', fixed: undefined, text: 'It is', state: 'recorded' },
      { from: 'you', fixed: false, text: 'Still silent', state: 'recorded' },
      { from: 'you', fixed: true, text: '', state: 'recorded' },
    ])
  })

  it('[P3] is told by a request that they opened the ticket here', async () => {
    const device = await world.desk.device()
    const { ticketId } = await call('help.open', { ...words, files: [], language: 'en' })
    await stageIs(ticketId, 'new')
    const asking = [{ id: 'test.firehose', params: { rows: 5 } }]
    const requestId = await until('it can be asked', () => world.desk.ask(ticketId, device?.id ?? '', asking))
    const { text } = await until('the request is here', async () =>
      call('requests.show', { requestId: requestId as never }).catch(() => null),
    )
    expect(text.replaceAll(/\s+/g, ' ')).toContain('You opened this ticket on this computer on')
  })
})
