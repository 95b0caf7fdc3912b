import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import type { ScriptedIdentity } from '../scripted-agent.ts'
import { enrolScripted } from '../scripted-agent.ts'
import type { WebDesk } from './web-desk.ts'

/** Enrols a machine that does not exist with a desk's server; the same `machineIdHash` is the same machine again. */
export async function enrolMachine(
  desk: WebDesk,
  options: { readonly approves: boolean; readonly machineIdHash?: string },
): Promise<ScriptedIdentity> {
  const wish = { label: 'test', maxUses: 1, hours: 1, approves: options.approves }
  const { code } = await desk.server.services.enrolment.create(wish, SYSTEM_ACTOR)
  const decoded = decodeEnrolmentCode(code)
  if ('problem' in decoded) throw new Error(`The server made a code that is none: ${decoded.problem}`)
  const authorityPem = await readFile(join(desk.dataDir, 'keys', 'authority.pem'), 'utf8')
  const token = Buffer.from(decoded.token).toString('base64url')
  return enrolScripted({ port: desk.server.agentPort, authorityPem }, token, options.machineIdHash)
}
