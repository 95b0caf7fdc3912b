import type { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { windowsServiceRow } from '../../parsers/windows-services.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import type { ServiceParams } from './params.ts'

/** Win32_Service needs no administrator; DelayedAutoStart exists since Windows 10. */
const SCRIPT = `
Get-CimInstance -ClassName Win32_Service -OperationTimeoutSec 40 |
  Select-Object Name, DisplayName, State, StartMode, DelayedAutoStart, ExitCode, ServiceSpecificExitCode, StartName, PathName, ProcessId |
  ForEach-Object { ConvertTo-Json -InputObject $_ -Compress -Depth 2 }
`

/** Services of Windows. */
export async function* windowsServices(
  ctx: CollectorContext,
  params: ServiceParams,
): AsyncGenerator<ServiceRow, void, undefined> {
  let unparsed = 0
  let rows = 0
  for await (const object of ctx.commands.powershell(SCRIPT, {})) {
    const row = windowsServiceRow(object, params.commandLine)
    if (row === null) unparsed += 1
    else {
      rows += 1
      yield row
    }
  }
  if (rows === 0) throw new SourceError('failed', 'Win32_Service', 'Windows listed no service, which cannot be.')
  if (unparsed > 0) ctx.partial(new SourceError('failed', 'Win32_Service', `${unparsed} services had no name.`))
}
