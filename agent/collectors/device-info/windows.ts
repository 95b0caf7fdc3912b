import type { DeviceFact, DeviceSection } from '@askfirst/protocol/results/device-info.ts'
import { windowsFacts } from '../../parsers/windows-device.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { scriptObjects } from '../../runtime/script-objects.ts'
import { screenFacts } from './screens.ts'

/** Constant script: properties of CIM classes as they are, dates as ISO 8601 in UTC, so that no text is translated. */
const SCRIPT = `
function Write-Values($class, $x, $names) {
  $o = [ordered]@{ Class = $class }
  foreach ($n in $names) {
    $v = $x.$n
    if ($v -is [datetime]) { $v = $v.ToUniversalTime().ToString('o') }
    if ($null -ne $v) { $o[$n] = $v }
  }
  $o | ConvertTo-Json -Compress -Depth 3
}
function Write-Class($class, $names, $filter, $namespace) {
  if (-not $namespace) { $namespace = 'root/cimv2' }
  $ask = @{ Namespace = $namespace; ClassName = $class; ErrorAction = 'Stop' }
  if ($filter) { $ask.Filter = $filter }
  try { Get-CimInstance @ask | ForEach-Object { Write-Values $class $_ $names } } catch { Write-Problem $class $_ }
}
Write-Class 'Win32_ComputerSystem' @('DNSHostName','Manufacturer','Model','SystemFamily','SystemSKUNumber','BootupState','PartOfDomain','TotalPhysicalMemory','NumberOfProcessors','NumberOfLogicalProcessors','HypervisorPresent')
Write-Class 'Win32_OperatingSystem' @('Caption','Version','OSArchitecture','InstallDate','LastBootUpTime','LocalDateTime','Locale','SystemDrive','FreePhysicalMemory','SizeStoredInPagingFiles','FreeSpaceInPagingFiles','TotalVirtualMemorySize','FreeVirtualMemory','NumberOfProcesses')
$cv = $null
try { $cv = Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion' -ErrorAction Stop } catch { Write-Problem 'CurrentVersion' $_ }
if ($cv) {
  @{ Class = 'CurrentVersion'; Build = ('' + $cv.CurrentBuild + '.' + $cv.UBR); DisplayVersion = $cv.DisplayVersion; EditionID = $cv.EditionID; InstallationType = $cv.InstallationType } | ConvertTo-Json -Compress
}
try { Get-CimInstance Win32_BIOS -ErrorAction Stop | ForEach-Object {
  $b = [ordered]@{ Class = 'Win32_BIOS'; Manufacturer = $_.Manufacturer; SMBIOSBIOSVersion = $_.SMBIOSBIOSVersion; SerialNumber = $_.SerialNumber; FirmwareType = $env:firmware_type }
  if ($_.ReleaseDate) { $b.ReleaseDay = $_.ReleaseDate.ToUniversalTime().ToString('yyyy-MM-dd') }
  $b | ConvertTo-Json -Compress
} } catch { Write-Problem 'Win32_BIOS' $_ }
Write-Class 'Win32_BaseBoard' @('Manufacturer','Product','Version','SerialNumber')
Write-Class 'Win32_SystemEnclosure' @('Manufacturer','ChassisTypes','SerialNumber','SMBIOSAssetTag')
Write-Class 'Win32_Processor' @('DeviceID','Name','Manufacturer','NumberOfCores','NumberOfLogicalProcessors','MaxClockSpeed','CurrentClockSpeed','LoadPercentage','L2CacheSize','L3CacheSize','VirtualizationFirmwareEnabled','SocketDesignation')
Write-Class 'Win32_PhysicalMemory' @('DeviceLocator','Capacity','Speed','ConfiguredClockSpeed','Manufacturer','PartNumber','BankLabel','SerialNumber')
Write-Class 'Win32_VideoController' @('DeviceID','Name','AdapterCompatibility','DriverVersion','DriverDate','CurrentHorizontalResolution','CurrentVerticalResolution','Status','ConfigManagerErrorCode')
Write-Class 'Win32_DiskDrive' @('DeviceID','Model','InterfaceType','MediaType','FirmwareRevision','Size','Partitions','Status','SerialNumber')
Write-Class 'Win32_Battery' @('DeviceID','Name','EstimatedChargeRemaining','BatteryStatus','Status')
$sb = $null
try { $sb = Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\State' -ErrorAction Stop } catch { Write-Problem 'SecureBoot' $_ }
if ($sb) { Write-Values 'SecureBoot' $sb @('UEFISecureBootEnabled') }
Write-Class 'Win32_Tpm' @('SpecVersion','IsEnabled_InitialValue','IsActivated_InitialValue') $null 'root/cimv2/Security/MicrosoftTpm'
$tz = [TimeZoneInfo]::Local
@{ Class = 'TimeZone'; Id = $tz.Id; OffsetMinutes = $tz.GetUtcOffset([DateTime]::Now).TotalMinutes; Culture = [Globalization.CultureInfo]::InstalledUICulture.Name } | ConvertTo-Json -Compress
Write-Class 'Win32_PnPEntity' @('Name','ConfigManagerErrorCode','PNPClass','Status','Manufacturer') 'ConfigManagerErrorCode <> 0'
`

/** Facts out of CIM classes and the registry; screens come from the package systeminformation. */
export async function* windowsDevice(
  ctx: CollectorContext,
  wanted: ReadonlySet<DeviceSection>,
): AsyncGenerator<DeviceFact, void, undefined> {
  for await (const object of scriptObjects(ctx, SCRIPT)) {
    for (const fact of windowsFacts(object)) if (wanted.has(fact.section)) yield fact
  }
  if (wanted.has('graphics')) yield* await screenFacts(ctx)
}
