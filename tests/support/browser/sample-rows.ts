/** Text that would run or break out wherever it is not shown as text. */
export const HOSTILE = '"><img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>{{7*7}}'
const MIB = 1_048_576
const AT = '2026-11-20T08:00:00.000Z'

export const PROCESSES = [
  { pid: 1, name: 'systemd', user: 'root', cpuPercent: 0.1, rssBytes: 12 * MIB, state: 'sleeping', startedAt: AT },
  { pid: 400, ppid: 1, name: 'sshd', user: 'root', cpuPercent: 0, rssBytes: 8 * MIB, state: 'sleeping', startedAt: AT },
  {
    pid: 512,
    ppid: 400,
    name: 'bash',
    user: 'änne',
    cpuPercent: 0,
    rssBytes: 6 * MIB,
    state: 'sleeping',
    startedAt: AT,
  },
  { pid: 700, ppid: 512, name: HOSTILE, user: 'änne', cpuPercent: 93, rssBytes: 90 * MIB, commandLine: HOSTILE },
  {
    pid: 701,
    ppid: 1,
    name: 'encoder',
    user: 'media',
    cpuPercent: 187.5,
    rssBytes: 2_100 * MIB,
    state: 'running',
    commandLine: '/usr/bin/encoder --in /srv/in.mkv --out /srv/out.mkv',
  },
  { pid: 800, ppid: 801, name: 'ring one', cpuPercent: 0, rssBytes: MIB },
  { pid: 801, ppid: 800, name: 'ring two', cpuPercent: 0, rssBytes: MIB, state: 'zombie' },
  ...Array.from({ length: 60 }, (_, at) => ({
    pid: 1_000 + at,
    ppid: at % 3 === 0 ? 1 : 999 + at,
    name: `worker-${at}`,
    user: 'www-data',
    cpuPercent: (at * 7) % 40,
    rssBytes: (at + 1) * 9 * MIB,
    state: 'sleeping',
    startedAt: AT,
    commandLine: `/usr/sbin/worker --id ${at}`,
  })),
]

const STATES = ['running', 'running', 'stopped', 'finished', 'running']
export const SERVICES = [
  ...Array.from({ length: 40 }, (_, at) => ({
    name: `service-${at}.service`,
    title: `Service number ${at}`,
    state: STATES[at % STATES.length],
    stateDetail: 'active/running',
    startMode: at % 2 === 0 ? 'automatic' : 'manual',
    account: 'root',
    source: 'systemd',
  })),
  {
    name: 'print-spooler.service',
    title: HOSTILE,
    state: 'failed',
    stateDetail: 'failed/failed',
    startMode: 'automatic',
    exitCode: 203,
    result: 'exit-code',
    source: 'systemd',
  },
]

const fact = (section: string, name: string, value: object, item?: string) => ({
  section,
  name,
  ...value,
  ...(item === undefined ? {} : { item }),
  source: '/proc/test',
})
export const FACTS = [
  fact('system', 'manufacturer', { text: 'Example Computers' }),
  fact('system', 'model', { text: 'Desk 9000' }),
  fact('system', 'hostName', { hostName: HOSTILE }),
  fact('system', 'serialNumber', { serialNumber: 'pseudo-4711' }),
  fact('system', 'bootedAt', { at: AT }),
  fact('operatingSystem', 'name', { text: 'Debian GNU/Linux' }),
  fact('operatingSystem', 'version', { text: '12 (bookworm)' }),
  fact('processor', 'model', { text: 'Example CPU 8-Core' }),
  fact('processor', 'cores', { number: 8, unit: 'count' }),
  fact('memory', 'total', { number: 16 * 1_024 * MIB, unit: 'bytes' }),
  fact('memory', 'available', { number: 5 * 1_024 * MIB, unit: 'bytes' }),
  fact('security', 'secureBoot', { flag: false }),
  ...['sda', 'sdb'].flatMap((drive) => [
    fact('storage', 'model', { text: `Drive of ${drive}` }, drive),
    fact('storage', 'size', { number: 512 * 1_024 * MIB, unit: 'bytes' }, drive),
    fact('storage', 'temperature', { number: 41, unit: 'celsius' }, drive),
  ]),
  ...Array.from({ length: 200 }, (_, at) => fact('driver', 'version', { text: `${at}.1.2` }, `driver-${at}`)),
]

export const VOLUMES = [
  { mount: '/', kind: 'fixed', fileSystem: 'ext4', device: '/dev/sda1', ...full(500, 96) },
  { mount: '/home', kind: 'fixed', fileSystem: 'ext4', device: '/dev/sda2', ...full(900, 83), encrypted: true },
  { mount: HOSTILE, kind: 'removable', fileSystem: 'vfat', label: 'STICK', ...full(32, 20) },
  { mount: '/mnt/share', kind: 'network', fileSystem: 'cifs', noAnswer: true },
  { mount: '/run', kind: 'memory', fileSystem: 'tmpfs', ...full(2, 1) },
]
function full(gib: number, usedPercent: number) {
  const sizeBytes = gib * 1_024 * MIB
  const usedBytes = Math.round((sizeBytes * usedPercent) / 100)
  return { sizeBytes, usedBytes, availableBytes: sizeBytes - usedBytes, usedPercent }
}

export const NETWORK = [
  { part: 'host', hostName: 'front-desk', domain: 'example.test', forwarding: false, source: '/proc' },
  {
    part: 'interface',
    interface: 'eth0',
    type: 'ethernet',
    enabled: true,
    link: 'up',
    macAddress: '02:00:00:00:00:01',
    mtu: 1_500,
    speedMbps: 1_000,
    duplex: 'full',
    receivedBytes: 5_000_000_000,
    sentBytes: 700_000_000,
    receiveErrors: 12,
    source: '/sys',
  },
  {
    part: 'interface',
    interface: 'wlan0',
    type: 'wifi',
    enabled: true,
    link: 'down',
    description: HOSTILE,
    source: '/sys',
  },
  { part: 'interface', interface: 'lo', type: 'loopback', enabled: true, link: 'unknown', source: '/sys' },
  ...['192.0.2.17', '2001:db8::17'].map((address) => ({
    part: 'address',
    interface: 'eth0',
    address,
    prefixLength: 24,
    origin: 'dhcp',
    scope: 'global',
    source: 'ip',
  })),
  { part: 'address', interface: 'lo', address: '127.0.0.1', prefixLength: 8, scope: 'host', source: 'ip' },
  {
    part: 'route',
    interface: 'eth0',
    destination: 'default',
    gateway: '192.0.2.1',
    metric: 100,
    setBy: 'dhcp',
    source: 'ip',
  },
  { part: 'route', interface: 'eth0', destination: '192.0.2.0/24', metric: 100, setBy: 'kernel', source: 'ip' },
  { part: 'dns', interface: 'eth0', server: '192.0.2.53', order: 1, searchDomains: ['example.test'], source: 'resolv' },
]

const KINDS = ['installed', 'updated', 'removed', 'driver', 'osUpdate']
export const CHANGES = [
  ...Array.from({ length: 40 }, (_, at) => ({
    time: new Date(Date.parse(AT) - at * 5 * 3_600_000).toISOString(),
    kind: KINDS[at % KINDS.length],
    name: `package-${at}`,
    fromVersion: `1.${at}`,
    toVersion: `1.${at + 1}`,
    source: 'dpkg.log',
  })),
  { time: AT, kind: 'updated', name: HOSTILE, result: 'failed', code: '0x80070643', publisher: HOSTILE, source: 'apt' },
]

/** Rows of each kind that has a view of its own besides the events. */
export const SAMPLE_ROWS: Readonly<Record<string, readonly object[]>> = {
  'process.list': PROCESSES,
  'service.list': SERVICES,
  'device.info': FACTS,
  'disk.space': VOLUMES,
  'net.config': NETWORK,
  'change.recent': CHANGES,
}
