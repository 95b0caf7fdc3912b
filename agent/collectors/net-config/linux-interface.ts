import type { InterfaceType, NetRow } from '@askfirst/protocol/results/net-config.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import { decimalNumber, lineOf, wholeNumber } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'

const IFF_UP = 0x1
/** ARPHRD_LOOPBACK of if_arp.h. */
const LOOPBACK = 772

const FIELDS = [
  'address',
  'carrier',
  'carrier_changes',
  'duplex',
  'flags',
  'ifindex',
  'mtu',
  'operstate',
  'speed',
  'type',
  'uevent',
] as const
const STATISTICS = {
  receivedBytes: 'rx_bytes',
  sentBytes: 'tx_bytes',
  receivedPackets: 'rx_packets',
  sentPackets: 'tx_packets',
  receiveErrors: 'rx_errors',
  sendErrors: 'tx_errors',
  receiveDropped: 'rx_dropped',
  sendDropped: 'tx_dropped',
  collisions: 'collisions',
} as const

type Values = ReadonlyMap<string, string>

/** One row of part `interface` out of `/sys/class/net/NAME`. */
export async function linuxInterface(ctx: CollectorContext, name: string): Promise<NetRow> {
  const base = `/sys/class/net/${name}`
  const values = await readFields(ctx, base)
  const [driver, master, lower] = await Promise.all([
    ctx.files.link(`${base}/device/driver`),
    ctx.files.link(`${base}/master`),
    lowerInterface(ctx, values, name),
  ])
  const hasDevice = (await ctx.files.link(`${base}/device`)) !== null
  return knownFields<NetRow>({
    part: 'interface',
    interface: name,
    index: wholeNumber(values.get('ifindex')),
    type: typeOf(name, values, hasDevice),
    driver: lastPart(driver),
    ...linkFields(values),
    parent: lastPart(master) ?? lower,
    ...(await statistics(ctx, base)),
    source: base,
  })
}

async function readFields(ctx: CollectorContext, base: string): Promise<Values> {
  const read = await Promise.all(
    FIELDS.map(async (field) => [field, (await ctx.files.tryText(`${base}/${field}`))?.trim() ?? ''] as const),
  )
  return new Map(read)
}

function linkFields(values: Values): Partial<NetRow> {
  const speed = decimalNumber(values.get('speed'))
  const duplex = values.get('duplex')
  const address = lineOf(values.get('address'), 64)
  return knownFields<Partial<NetRow>>({
    enabled: (Number.parseInt(values.get('flags') ?? '0', 16) & IFF_UP) !== 0,
    link: linkOf(values),
    macAddress: address === '00:00:00:00:00:00' ? undefined : address,
    mtu: wholeNumber(values.get('mtu')),
    // A link without a known speed says -1.
    speedMbps: speed !== undefined && speed > 0 ? speed : undefined,
    duplex: duplex === 'full' || duplex === 'half' ? duplex : undefined,
    linkChanges: wholeNumber(values.get('carrier_changes')),
  })
}

/** `carrier` can only be read while the interface is on. */
function linkOf(values: Values): NetRow['link'] {
  const state = values.get('operstate')
  if (values.get('carrier') === '1') return state === 'dormant' ? 'unknown' : 'up'
  if (values.get('carrier') === '0' || state === 'down' || state === 'lowerlayerdown') return 'down'
  return 'unknown'
}

function typeOf(name: string, values: Values, hasDevice: boolean): InterfaceType {
  if (wholeNumber(values.get('type')) === LOOPBACK) return 'loopback'
  const declared = /^DEVTYPE=(\w+)$/m.exec(values.get('uevent') ?? '')?.[1]
  if (declared === 'wlan' || /^wl/.test(name)) return 'wifi'
  if (declared === 'bridge' || declared === 'bond' || declared === 'vlan') return declared
  if (declared === 'wwan') return 'cellular'
  if (/^(tun|tap|wg|ppp|ipsec|vti|sit|gre|ip6tnl|tailscale)/.test(name) || declared === 'wireguard') return 'tunnel'
  return hasDevice ? 'ethernet' : 'virtual'
}

/** Interface that a VLAN or macvlan stands on: `/proc/net/vlan/NAME` names it. */
async function lowerInterface(ctx: CollectorContext, values: Values, name: string): Promise<string | undefined> {
  if (!(values.get('uevent') ?? '').includes('DEVTYPE=vlan')) return undefined
  const text = await ctx.files.tryText(`/proc/net/vlan/${name}`)
  return lineOf(/^Device: (\S+)/m.exec(text ?? '')?.[1], 256)
}

async function statistics(ctx: CollectorContext, base: string): Promise<Partial<NetRow>> {
  const read = await Promise.all(
    Object.entries(STATISTICS).map(
      async ([field, file]) => [field, wholeNumber(await ctx.files.tryText(`${base}/statistics/${file}`))] as const,
    ),
  )
  return Object.fromEntries(read.filter(([, value]) => value !== undefined))
}

function lastPart(path: string | null): string | undefined {
  return lineOf(path?.split('/').at(-1), 128)
}
