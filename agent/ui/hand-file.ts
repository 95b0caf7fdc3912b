import type { AttachmentId } from '@askfirst/protocol/ids.ts'
import { LOCAL_PIECE_BYTES } from '../local/help-commands.ts'
import type { AgentCaller } from './agent-caller.ts'

/** Hands a file to the agent in pieces and returns the id under which a form can name it. */
export async function handFile(agent: AgentCaller, bytes: Buffer): Promise<AttachmentId> {
  const dataAt = (offset: number) => bytes.subarray(offset, offset + LOCAL_PIECE_BYTES).toString('base64')
  const first = await agent.call('help.attach', { offset: 0, data: dataAt(0) })
  const { attachmentId } = first
  let { nextOffset } = first
  while (nextOffset < bytes.length) {
    const piece = { attachmentId, offset: nextOffset, data: dataAt(nextOffset) }
    nextOffset = (await agent.call('help.attach', piece)).nextOffset
  }
  return attachmentId
}
