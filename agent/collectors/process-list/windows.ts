import type { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { rankProcesses } from '../../parsers/rank-processes.ts'
import { parseWindowsProcesses } from '../../parsers/windows-process.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { scriptObjects } from '../../runtime/script-objects.ts'
import type { ProcessParams } from './process-params.ts'

/**
 * Constant script. Two readings of Win32_Process give processor time and transferred bytes; the private working set
 * comes from the performance class, whose names are not translated. Command lines are asked for only when allowed.
 */
const SCRIPT = `
$p = $params
$props = 'ProcessId','ParentProcessId','Name','CreationDate','KernelModeTime','UserModeTime','WorkingSetSize','ThreadCount','HandleCount','Priority','ReadTransferCount','WriteTransferCount'
if ($p.commandLine) { $props += 'CommandLine' }
function Write-Sample($sample, $list) {
  foreach ($x in $list) {
    $o = [ordered]@{ Sample = $sample }
    foreach ($n in $props) { if ($n -ne 'CreationDate') { $o[$n] = $x.$n } }
    if ($x.CreationDate) { $o.CreationDate = $x.CreationDate.ToUniversalTime().ToString('o') }
    if ($sample -eq 2) {
      try {
        $w = Invoke-CimMethod -InputObject $x -MethodName GetOwner -ErrorAction Stop
        if ($w.User) { $o.Owner = if ($w.Domain) { $w.Domain + '\\' + $w.User } else { $w.User } }
      } catch { $o.OwnerDenied = $true }
    }
    $o | ConvertTo-Json -Compress
  }
}
if ($p.sampleMs -gt 0) {
  $clock = [Diagnostics.Stopwatch]::StartNew()
  $first = @(Get-CimInstance Win32_Process -Property $props)
  Start-Sleep -Milliseconds $p.sampleMs
  $elapsed = $clock.ElapsedMilliseconds
  $second = @(Get-CimInstance Win32_Process -Property $props)
  @{ ElapsedMs = $elapsed } | ConvertTo-Json -Compress
  Write-Sample 1 $first
} else {
  $second = @(Get-CimInstance Win32_Process -Property $props)
}
@{ TotalBytes = [long](Get-CimInstance Win32_OperatingSystem -Property TotalVisibleMemorySize).TotalVisibleMemorySize * 1024 } | ConvertTo-Json -Compress
$perf = 'Win32_PerfFormattedData_PerfProc_Process'
try {
  Get-CimInstance $perf -Property IDProcess,WorkingSetPrivate,Name -ErrorAction Stop |
    Where-Object { $_.Name -ne '_Total' } |
    ForEach-Object { @{ ProcessId = $_.IDProcess; Private = $_.WorkingSetPrivate } | ConvertTo-Json -Compress }
} catch { Write-Problem $perf $_ }
Write-Sample 2 $second
`

/** Processes out of CIM classes. */
export async function* windowsProcesses(
  ctx: CollectorContext,
  params: ProcessParams,
): AsyncGenerator<ProcessRow, void, undefined> {
  const objects: unknown[] = []
  const asked = { sampleMs: params.sampleMs, commandLine: params.commandLine }
  for await (const object of scriptObjects(ctx, SCRIPT, { params: asked })) objects.push(object)
  yield* rankProcesses(parseWindowsProcesses(objects), params.sort, params.top)
}
