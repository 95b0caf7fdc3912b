import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { parseHardwarePorts, parseIfconfig } from '../../parsers/macos-ifconfig.ts'
import { parseNetstatRoutes } from '../../parsers/macos-routes.ts'
import { parseScutilDns, parseScutilNwi } from '../../parsers/macos-scutil.ts'
import { lineOf } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { trySource } from '../../runtime/try-source.ts'

/** Network settings out of the system's own programs; each of them may fail without the others. */
export async function* macosNetwork(ctx: CollectorContext): AsyncGenerator<NetRow, void, undefined> {
  const read = (executable: string, ...args: string[]) => trySource(ctx, () => ctx.commands.text([executable], args))
  const host = lineOf(await read('/bin/hostname'), 256)
  if (host !== undefined) yield { part: 'host', hostName: host, source: 'hostname' }
  const ports = parseHardwarePorts((await read('/usr/sbin/networksetup', '-listallhardwareports')) ?? '')
  const reach = parseScutilNwi((await read('/usr/sbin/scutil', '--nwi')) ?? '')
  for (const row of parseIfconfig((await read('/sbin/ifconfig', '-a')) ?? '', ports)) {
    const reached = row.part === 'interface' ? reach.get(row.interface ?? '') : undefined
    yield reached === undefined ? row : { ...row, reach: reached }
  }
  yield* parseNetstatRoutes((await read('/usr/sbin/netstat', '-rn')) ?? '')
  yield* parseScutilDns((await read('/usr/sbin/scutil', '--dns')) ?? '')
}
