import type { DeviceFact, DeviceSection } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from '../../parsers/device-facts.ts'
import { decimalNumber, signedNumber } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'

type Facts = readonly DeviceFact[]

/** One file of a tree: where it is, and which part of the machine it describes by which name. */
interface Leaf {
  readonly path: string
  readonly item: string | undefined
  readonly name: string
}

/** Facts of many one-line files; what may not be read or has more than one line of use is left out. */
function leafFacts(ctx: CollectorContext, section: DeviceSection, leaves: readonly Leaf[]): Facts {
  const texts = ctx.files.tryTexts(leaves.map(({ path }) => path))
  return leaves.flatMap(({ path, item, name }, at) => {
    const text = texts[at]
    if (text === null || text === undefined) return []
    const number = signedNumber(text) ?? decimalNumber(text)
    const list = new FactList(section, path, item)
    return number === undefined ? list.text(name, text).rows : list.number(name, number).rows
  })
}

/** Serial numbers, addresses and random values are facts elsewhere with their marks, or none of our business. */
const PERSONAL = /serial|uuid|unique|uniq|secret|address|wwid|eui|nguid|phys_|asset|hostname|domainname|boot_id/

function filesOf(ctx: CollectorContext, folder: string, item: string | undefined): Leaf[] {
  return ctx.files
    .tryNames(folder)
    .filter((name) => !PERSONAL.test(name))
    .map((name) => ({ path: `${folder}/${name}`, item, name }))
}

/** Settings of the kernel; the groups whose files hold numbers and words, no secrets. */
const SETTING_ROOTS = ['abi', 'dev', 'fs', 'kernel', 'net', 'user', 'vm'].map((name) => `/proc/sys/${name}`)
/** Facts elsewhere, texts that change at every reading, and files whose reading does something. */
const SETTING_SKIP =
  /^(?:osrelease|ostype|version|arch|tainted|ns_last_pid|cad_pid|stat_refresh|binfmt_misc|random|keys|sched_domain)$/
const MAX_DEPTH = 6
const MAX_SETTINGS = 8_000

/** Kernel settings by their usual dotted names, e.g. `vm.swappiness`. */
export async function settingFacts(ctx: CollectorContext): Promise<Facts> {
  const leaves: Leaf[] = []
  for (const root of SETTING_ROOTS) gatherSettings(ctx, { folder: root, depth: 1 }, leaves)
  return leafFacts(ctx, 'setting', leaves)
}

function gatherSettings(
  ctx: CollectorContext,
  at: { readonly folder: string; readonly depth: number },
  leaves: Leaf[],
): void {
  for (const { name, kind } of ctx.files.tryList(at.folder)) {
    if (ctx.signal.aborted || leaves.length >= MAX_SETTINGS) return
    if (SETTING_SKIP.test(name) || PERSONAL.test(name)) continue
    const path = `${at.folder}/${name}`
    if (kind === 'file') {
      leaves.push({ path, item: undefined, name: path.slice('/proc/sys/'.length).replaceAll('/', '.') })
    } else if (kind === 'directory' && at.depth < MAX_DEPTH)
      gatherSettings(ctx, { folder: path, depth: at.depth + 1 }, leaves)
  }
}

const MODULE_FILES = ['srcversion', 'taint', 'initstate']

/** Modules of the kernel, also those built in: their versions, and the options that they run with. */
export async function moduleParameterFacts(ctx: CollectorContext): Promise<Facts> {
  const leaves = ctx.files.tryNames('/sys/module').flatMap((item) => {
    const folder = `/sys/module/${item}`
    const own = MODULE_FILES.map((name) => ({ path: `${folder}/${name}`, item, name }))
    const options = filesOf(ctx, `${folder}/parameters`, item)
    return [...own, ...options.map((leaf) => ({ ...leaf, name: `option ${leaf.name}` }))]
  })
  return leafFacts(ctx, 'driver', leaves)
}

const CPU = '/sys/devices/system/cpu'
const CPU_FOLDERS = ['topology', 'cpufreq', 'acpi_cppc']
const CACHE_FILES = [
  'level',
  'type',
  'size',
  'ways_of_associativity',
  'number_of_sets',
  'coherency_line_size',
  'shared_cpu_list',
]
const IDLE_FILES = ['name', 'desc', 'latency', 'residency', 'usage', 'time', 'disable']

/** Each logical processor: its place, caches, clock and sleep states. */
export async function processorTreeFacts(ctx: CollectorContext): Promise<Facts> {
  const processors = ctx.files.tryNames(CPU).filter((name) => /^cpu\d+$/.test(name))
  const leaves = processors.flatMap((item) => {
    const folder = `${CPU}/${item}`
    const caches = within(ctx, `${folder}/cache`, { start: 'index', files: CACHE_FILES, item })
    const idle = within(ctx, `${folder}/cpuidle`, { start: 'state', files: IDLE_FILES, item })
    const code = { path: `${folder}/microcode/version`, item, name: 'microcode' }
    return [...CPU_FOLDERS.flatMap((name) => filesOf(ctx, `${folder}/${name}`, item)), ...caches, ...idle, code]
  })
  const general = ['cpuidle', 'smt', 'intel_pstate'].flatMap((name) => filesOf(ctx, `${CPU}/${name}`, undefined))
  return leafFacts(ctx, 'processor', [...leaves, ...general])
}

/** Named files in the sub-folders of a folder. */
function within(
  ctx: CollectorContext,
  folder: string,
  wanted: { readonly start: string; readonly files: readonly string[]; readonly item: string },
): Leaf[] {
  const names = ctx.files.tryNames(folder).filter((name) => name.startsWith(wanted.start))
  return names.flatMap((sub) =>
    wanted.files.map((name) => ({ path: `${folder}/${sub}/${name}`, item: `${wanted.item} ${sub}`, name })),
  )
}

/** These are facts of the drive already, by plainer names. */
const QUEUE_SKIP = /^(?:rotational|scheduler|logical_block_size|physical_block_size|nr_requests)$/

/** How each drive's queue is set up. */
export async function queueFacts(ctx: CollectorContext): Promise<Facts> {
  const drives = ctx.files.tryNames('/sys/block').filter((name) => !/^(ram|loop)\d/.test(name))
  const leaves = drives
    .flatMap((item) => filesOf(ctx, `/sys/block/${item}/queue`, item))
    .filter(({ name }) => !QUEUE_SKIP.test(name))
  return leafFacts(ctx, 'storage', [...leaves, ...fileSystemLeaves(ctx)])
}

/** Errors and settings of mounted ext4, XFS and Btrfs file systems. */
function fileSystemLeaves(ctx: CollectorContext): Leaf[] {
  const ext4 = ctx.files.tryNames('/sys/fs/ext4').filter((name) => name !== 'features')
  const xfs = ctx.files.tryNames('/sys/fs/xfs').filter((name) => name !== 'stats' && name !== 'debug')
  return [
    ...ext4.flatMap((item) => filesOf(ctx, `/sys/fs/ext4/${item}`, item)),
    ...xfs.flatMap((item) => filesOf(ctx, `/sys/fs/xfs/${item}/error`, item)),
  ]
}

const NET_FILES = [
  'carrier',
  'carrier_up_count',
  'carrier_down_count',
  'dormant',
  'flags',
  'tx_queue_len',
  'type',
  'link_mode',
]

/** Counters and settings of each network card. */
export async function networkTreeFacts(ctx: CollectorContext): Promise<Facts> {
  const leaves = ctx.files
    .tryNames('/sys/class/net')
    .flatMap((item) => [
      ...NET_FILES.map((name) => ({ path: `/sys/class/net/${item}/${name}`, item, name })),
      ...filesOf(ctx, `/sys/class/net/${item}/statistics`, item),
    ])
  return leafFacts(ctx, 'network', leaves)
}

/** How the memory is managed: large pages, compressed swap, memory nodes. */
export async function memoryTreeFacts(ctx: CollectorContext): Promise<Facts> {
  const mm = '/sys/kernel/mm'
  const folders = ['transparent_hugepage', 'ksm', 'lru_gen', 'numa', 'swap'].map((name) => `${mm}/${name}`)
  const pages = ctx.files.tryNames(`${mm}/hugepages`).map((name) => `${mm}/hugepages/${name}`)
  const zram = ctx.files.tryNames('/sys/block').filter((name) => name.startsWith('zram'))
  const leaves = [...folders, ...pages].flatMap((folder) => filesOf(ctx, folder, folder.slice(mm.length + 1)))
  const compressed = zram.flatMap((item) =>
    ['disksize', 'comp_algorithm', 'mm_stat', 'io_stat'].map((name) => ({
      path: `/sys/block/${item}/${name}`,
      item,
      name,
    })),
  )
  return leafFacts(ctx, 'memory', [...leaves, ...compressed])
}

/** Devices that stand on no bus with a section of its own, with the files that say what they are. */
const BUSES: readonly (readonly [string, readonly string[]])[] = [
  ['acpi', ['hid', 'path', 'status']],
  ['pnp', ['id']],
  ['virtio', ['vendor', 'device', 'status']],
  ['platform', ['driver_override', 'modalias']],
  ['hid', ['modalias', 'country']],
  ['i2c', ['name', 'modalias']],
  ['scsi', ['model', 'vendor', 'rev', 'type', 'state', 'queue_depth', 'timeout', 'ioerr_cnt', 'iotmo_cnt']],
  ['clocksource', ['current_clocksource', 'available_clocksource']],
  ['workqueue', ['max_active', 'per_cpu', 'nice']],
]

export async function busFacts(ctx: CollectorContext): Promise<Facts> {
  const leaves = BUSES.flatMap(([bus, files]) => {
    const folder = `/sys/bus/${bus}/devices`
    return ctx.files
      .tryNames(folder)
      .flatMap((item) => files.map((name) => ({ path: `${folder}/${item}/${name}`, item: `${bus} ${item}`, name })))
  })
  return leafFacts(ctx, 'system', leaves)
}
