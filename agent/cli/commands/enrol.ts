import { enrol } from '../../identity/enrol.ts'
import { AGENT_VERSION } from '../../version.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

export interface EnrolFlags {
  readonly replace?: boolean | undefined
  readonly name?: string | undefined
}

/** Enrols this computer. Only who can write to the data directory can, and only with `--replace` a second time. */
export async function enrolHere(context: CliContext, code: string, flags: EnrolFlags): Promise<number> {
  const { dataDir, proxy } = context.config
  const { identity, standing } = await enrol({
    dataDir,
    code,
    proxy,
    agentVersion: AGENT_VERSION,
    ...(flags.replace === true ? { replace: true } : {}),
    ...(flags.name === undefined ? {} : { name: flags.name }),
  })
  const { deviceId, host, port } = identity
  context.print({ deviceId, server: `${host}:${port}`, standing }, () => [
    `Enrolled with ${host}:${port} as ${deviceId}.`,
    standing === 'quarantined'
      ? 'An administrator of the server has to approve this computer before anybody can ask for anything.'
      : 'Start the agent with: askfirst-agent run',
  ])
  return EXIT.ok
}
