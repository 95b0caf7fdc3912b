import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { parseWindowsNet } from '../../parsers/windows-net.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { scriptObjects } from '../../runtime/script-objects.ts'

/** Constant script: properties of CIM classes as they are, numbers for the enumerations, so that no text is translated. */
const SCRIPT = `
function Write-Class($namespace, $class, $properties) {
  try { Get-CimInstance -Namespace $namespace -ClassName $class -ErrorAction Stop | ForEach-Object {
    $o = [ordered]@{ Class = $class }
    foreach ($n in $properties) {
      $v = $_.$n
      if ($v -is [datetime]) { $v = $v.ToUniversalTime().ToString('o') }
      if ($null -ne $v) { $o[$n] = $v }
    }
    $o | ConvertTo-Json -Compress -Depth 3
  } } catch { Write-Problem $class $_ }
}
$std = 'root/StandardCimv2'
Write-Class 'root/cimv2' 'Win32_ComputerSystem' @('Name','DNSHostName','Domain','PartOfDomain')
Write-Class $std 'MSFT_NetAdapter' @('Name','InterfaceDescription','InterfaceIndex','InterfaceAdminStatus','MediaConnectState','MediaDuplexState','NdisPhysicalMedium','TransmitLinkSpeed','NetworkAddresses','PermanentAddress','MtuSize','Virtual','Hidden','DriverName','DriverVersionString')
Write-Class $std 'MSFT_NetAdapterStatisticsSettingData' @('Name','ReceivedBytes','SentBytes','ReceivedUnicastPackets','SentUnicastPackets','ReceivedPacketErrors','OutboundPacketErrors','ReceivedDiscardedPackets','OutboundDiscardedPackets')
Write-Class 'root/cimv2' 'Win32_NetworkAdapterConfiguration' @('InterfaceIndex','DHCPEnabled','DHCPServer','DHCPLeaseObtained','DHCPLeaseExpires')
Write-Class $std 'MSFT_NetConnectionProfile' @('InterfaceIndex','NetworkCategory','IPv4Connectivity','IPv6Connectivity')
Write-Class $std 'MSFT_NetIPAddress' @('InterfaceAlias','InterfaceIndex','IPAddress','PrefixLength','PrefixOrigin','SuffixOrigin','AddressState')
Write-Class $std 'MSFT_NetRoute' @('InterfaceAlias','DestinationPrefix','NextHop','RouteMetric','InterfaceMetric')
Write-Class $std 'MSFT_DNSClientGlobalSetting' @('SuffixSearchList')
Write-Class $std 'MSFT_DNSClientServerAddress' @('InterfaceAlias','ServerAddresses')
`

/** Network settings out of CIM classes. */
export async function* windowsNetwork(ctx: CollectorContext): AsyncGenerator<NetRow, void, undefined> {
  const objects: unknown[] = []
  for await (const object of scriptObjects(ctx, SCRIPT)) objects.push(object)
  yield* parseWindowsNet(objects)
}
