import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { Count, Instant } from '../fields.ts'
import { personal } from '../privacy.ts'

export const NET_PARTS = ['host', 'interface', 'address', 'route', 'dns'] as const
export type NetPart = (typeof NET_PARTS)[number]

const INTERFACE_TYPES = [
  'ethernet',
  'wifi',
  'loopback',
  'bridge',
  'bond',
  'vlan',
  'tunnel',
  'virtual',
  'cellular',
  'bluetooth',
  'other',
] as const
export type InterfaceType = (typeof INTERFACE_TYPES)[number]

const family = Type.Enum(['ipv4', 'ipv6'])
const address = personal('ipAddress', { minLength: 1, maxLength: 64 })
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength })

/** A row of `net.config`; `part` says which of the fields apply. What is unknown is absent. */
export const NetRow = Type.Object(
  {
    part: Type.Enum([...NET_PARTS]),
    /** Name of the network connection, e.g. `eth0`, `en0`, `Ethernet 2`; absent for what belongs to the whole machine. */
    interface: Type.Optional(text(256)),

    // host
    hostName: Type.Optional(personal('hostName', { minLength: 1, maxLength: 256 })),
    domain: Type.Optional(personal('hostName', { minLength: 1, maxLength: 256 })),
    forwarding: Type.Optional(Type.Boolean()),

    // interface
    index: Type.Optional(Count),
    type: Type.Optional(Type.Enum([...INTERFACE_TYPES])),
    description: Type.Optional(text(256)),
    driver: Type.Optional(text(128)),
    /** Switched on by its settings. */
    enabled: Type.Optional(Type.Boolean()),
    /** A cable or radio link is there. */
    link: Type.Optional(Type.Enum(['up', 'down', 'unknown'])),
    macAddress: Type.Optional(personal('macAddress', { minLength: 1, maxLength: 64 })),
    mtu: Type.Optional(Count),
    speedMbps: Type.Optional(Type.Number({ minimum: 0 })),
    duplex: Type.Optional(Type.Enum(['full', 'half'])),
    /** Interface that this one belongs to (bridge, bond), or stands on (vlan). */
    parent: Type.Optional(text(256)),
    /** Address by DHCP; absent when unknown. */
    dhcp: Type.Optional(Type.Boolean()),
    dhcpServer: Type.Optional(address),
    leaseObtainedAt: Type.Optional(Instant),
    leaseExpiresAt: Type.Optional(Instant),
    /** Kind of network that Windows took it for; it decides which firewall rules hold. */
    networkProfile: Type.Optional(Type.Enum(['public', 'private', 'domain'])),
    /** How far Windows or macOS could reach from here. */
    reach: Type.Optional(Type.Enum(['none', 'local', 'internet'])),
    receivedBytes: Type.Optional(Count),
    sentBytes: Type.Optional(Count),
    receivedPackets: Type.Optional(Count),
    sentPackets: Type.Optional(Count),
    receiveErrors: Type.Optional(Count),
    sendErrors: Type.Optional(Count),
    receiveDropped: Type.Optional(Count),
    sendDropped: Type.Optional(Count),
    collisions: Type.Optional(Count),
    /** How often the link went away or came back since the start (Linux). */
    linkChanges: Type.Optional(Count),

    // address
    family: Type.Optional(family),
    address: Type.Optional(address),
    prefixLength: Type.Optional(Type.Integer({ minimum: 0, maximum: 128 })),
    scope: Type.Optional(Type.Enum(['global', 'link', 'host', 'site'])),
    origin: Type.Optional(Type.Enum(['manual', 'dhcp', 'routerAdvertisement', 'linkLocal', 'wellKnown'])),
    temporary: Type.Optional(Type.Boolean()),
    /** State of the address: `duplicate` means that another device uses it too. */
    addressState: Type.Optional(Type.Enum(['preferred', 'deprecated', 'tentative', 'duplicate', 'invalid'])),
    validLifetimeMs: Type.Optional(Count),

    // route
    /** `default`, an address, or a network such as `192.168.1.0/24`. */
    destination: Type.Optional(personal('ipAddress', { minLength: 1, maxLength: 128 })),
    gateway: Type.Optional(personal('ipAddress', { minLength: 1, maxLength: 64 })),
    metric: Type.Optional(Count),
    sourceAddress: Type.Optional(address),
    /** Who set the route: `kernel`, `dhcp`, `static`, `ra`, ... */
    setBy: Type.Optional(text(64)),

    // dns
    server: Type.Optional(address),
    /** Place of the server in the order in which it is asked, from 1. */
    order: Type.Optional(Count),
    searchDomains: Type.Optional(Type.Array(personal('hostName', { minLength: 1, maxLength: 256 }), { maxItems: 64 })),
    /** Only names under this domain go to the server. */
    forDomain: Type.Optional(personal('hostName', { minLength: 1, maxLength: 256 })),
    options: Type.Optional(text(512)),

    /** File, class or program that gave the row. */
    source: text(256),
  },
  closed,
)
export type NetRow = Static<typeof NetRow>
