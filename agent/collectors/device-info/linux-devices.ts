import type { DeviceFact, DeviceSection } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from '../../parsers/device-facts.ts'
import { pciClassWord, pciVendorWord, usbClassWord } from '../../parsers/hardware-words.ts'
import { decimalNumber, signedNumber, wholeNumber } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { inBatches } from '../../runtime/in-batches.ts'
import { attributes, linkName, namesIn } from './attributes.ts'

const AT_ONCE = 32
type Facts = readonly DeviceFact[]

/** Runs `describe` for each name in a folder. */
async function each(
  ctx: CollectorContext,
  folder: string,
  describe: (name: string, path: string) => Promise<Facts>,
): Promise<Facts> {
  const names = await namesIn(ctx, folder)
  const facts = await inBatches(names, { size: AT_ONCE, signal: ctx.signal }, (name) =>
    describe(name, `${folder}/${name}`),
  )
  return facts.flat()
}

const PCI_FILES = [
  'vendor',
  'device',
  'subsystem_vendor',
  'subsystem_device',
  'class',
  'revision',
  'irq',
  'numa_node',
  'enable',
]
const PCI_LINK_FILES = ['current_link_speed', 'max_link_speed', 'current_link_width', 'max_link_width', 'power_state']

/** Devices on the PCI bus. A device without `driver` is one that no driver took. */
function pciFacts(ctx: CollectorContext): Promise<Facts> {
  return each(ctx, '/sys/bus/pci/devices', async (name, path) => {
    const [values, driver] = await Promise.all([
      attributes(ctx, path, [...PCI_FILES, ...PCI_LINK_FILES]),
      linkName(ctx, `${path}/driver`),
    ])
    return new FactList('pci', path, name)
      .text('class', pciClassWord(values.class))
      .text('classCode', values.class)
      .text('vendor', pciVendorWord(values.vendor))
      .text('vendorId', values.vendor)
      .text('deviceId', values.device)
      .text(
        'subsystem',
        values.subsystem_vendor === undefined
          ? undefined
          : `${values.subsystem_vendor}:${values.subsystem_device ?? ''}`,
      )
      .text('revision', values.revision)
      .text('driver', driver)
      .flag('hasDriver', driver !== undefined)
      .number('interrupt', wholeNumber(values.irq))
      .number('memoryNode', wholeNumber(values.numa_node))
      .text('linkSpeed', values.current_link_speed)
      .text('maxLinkSpeed', values.max_link_speed)
      .number('linkWidth', wholeNumber(values.current_link_width), 'count')
      .number('maxLinkWidth', wholeNumber(values.max_link_width), 'count')
      .text('powerState', values.power_state).rows
  })
}

const USB_FILES = [
  'manufacturer',
  'product',
  'serial',
  'idVendor',
  'idProduct',
  'bcdDevice',
  'speed',
  'version',
  'bDeviceClass',
  'bMaxPower',
  'maxchild',
]

/** Devices on the USB; names with `:` are single functions of a device and say which driver serves them. */
function usbFacts(ctx: CollectorContext): Promise<Facts> {
  return each(ctx, '/sys/bus/usb/devices', async (name, path) => {
    if (name.includes(':')) return usbFunctionFacts(ctx, name, path)
    const values = await attributes(ctx, path, USB_FILES)
    return new FactList('usb', path, name)
      .text('product', values.product)
      .text('manufacturer', values.manufacturer)
      .personal('serialNumber', 'serialNumber', values.serial)
      .text('vendorId', values.idVendor)
      .text('productId', values.idProduct)
      .text('release', values.bcdDevice)
      .text('class', usbClassWord(values.bDeviceClass))
      .number('speed', decimalNumber(values.speed), 'Mbit/s')
      .text('usbVersion', values.version)
      .text('maxPower', values.bMaxPower)
      .number('ports', wholeNumber(values.maxchild), 'count').rows
  })
}

async function usbFunctionFacts(ctx: CollectorContext, name: string, path: string): Promise<Facts> {
  const [values, driver] = await Promise.all([
    attributes(ctx, path, ['bInterfaceClass']),
    linkName(ctx, `${path}/driver`),
  ])
  return new FactList('usb', path, name).text('class', usbClassWord(values.bInterfaceClass)).text('driver', driver).rows
}

const BLOCK_FILES = [
  'size',
  'removable',
  'ro',
  'queue/rotational',
  'queue/scheduler',
  'queue/logical_block_size',
  'queue/physical_block_size',
  'queue/nr_requests',
  'queue/discard_max_bytes',
]
const DRIVE_FILES = [
  'device/model',
  'device/vendor',
  'device/serial',
  'device/rev',
  'device/firmware_rev',
  'device/state',
  'device/transport',
  'serial',
  'wwid',
]
/** `/sys/block/NAME/size` counts in these whatever the drive's own block size is. */
const SECTOR_BYTES = 512

/** Drives. Memory disks and loop devices without a file behind them are left out. */
function storageFacts(ctx: CollectorContext): Promise<Facts> {
  return each(ctx, '/sys/block', async (name, path) => {
    const values = await attributes(ctx, path, [...BLOCK_FILES, ...DRIVE_FILES])
    const sectors = wholeNumber(values.size) ?? 0
    if (sectors === 0 || /^ram\d/.test(name)) return []
    const drive = new FactList('storage', path, name)
      .text('model', values['device/model'])
      .text('vendor', pciVendorWord(values['device/vendor']) ?? values['device/vendor'])
      .personal('serialNumber', 'serialNumber', values['device/serial'] ?? values.serial)
      .text('firmware', values['device/firmware_rev'] ?? values['device/rev'])
      .number('size', sectors * SECTOR_BYTES, 'bytes')
      .text('kind', kindOf(name, values['queue/rotational']))
      .flag('removable', flagOf(values.removable))
      .flag('readOnly', flagOf(values.ro))
      .text('state', values['device/state'])
      .text('transport', values['device/transport'])
      .text('scheduler', /\[([\w-]+)\]/.exec(values['queue/scheduler'] ?? '')?.[1])
      .number('logicalBlock', wholeNumber(values['queue/logical_block_size']), 'bytes')
      .number('physicalBlock', wholeNumber(values['queue/physical_block_size']), 'bytes')
      .number('queueLength', wholeNumber(values['queue/nr_requests']), 'count')
      .flag(
        'trim',
        values['queue/discard_max_bytes'] === undefined ? undefined : values['queue/discard_max_bytes'] !== '0',
      )
    return [...drive.rows, ...(await partitionFacts(ctx, name, path))]
  })
}

async function partitionFacts(ctx: CollectorContext, drive: string, path: string): Promise<Facts> {
  const names = (await namesIn(ctx, path)).filter((name) => name.startsWith(drive))
  const facts = await Promise.all(
    names.map(async (name) => {
      const values = await attributes(ctx, `${path}/${name}`, ['size', 'start', 'ro'])
      const sectors = wholeNumber(values.size)
      return new FactList('storage', `${path}/${name}`, name)
        .text('partOf', drive)
        .number('size', sectors === undefined ? undefined : sectors * SECTOR_BYTES, 'bytes')
        .flag('readOnly', flagOf(values.ro)).rows
    }),
  )
  return facts.flat()
}

function kindOf(name: string, rotational: string | undefined): string | undefined {
  if (name.startsWith('nvme')) return 'NVMe'
  if (/^x?vd[a-z]/.test(name)) return 'virtual drive'
  if (/^(loop|zram|dm-|md|sr|nbd|drbd)/.test(name)) return name.replace(/[-\d].*$/, '')
  return rotational === undefined ? undefined : rotational === '1' ? 'hard disk' : 'solid state'
}

function flagOf(text: string | undefined): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined
}

/** Network cards; addresses and settings are the subject of `net.config`. */
function networkFacts(ctx: CollectorContext): Promise<Facts> {
  return each(ctx, '/sys/class/net', async (name, path) => {
    const [values, driver, device] = await Promise.all([
      attributes(ctx, path, ['address', 'mtu', 'speed', 'duplex', 'operstate', 'carrier_changes']),
      linkName(ctx, `${path}/device/driver`),
      ctx.files.link(`${path}/device`),
    ])
    const speed = decimalNumber(values.speed)
    return new FactList('network', path, name)
      .flag('isHardware', device !== null)
      .text('state', values.operstate)
      .personal('macAddress', 'macAddress', /^(00:)*00$/.test(values.address ?? '') ? undefined : values.address)
      .text('driver', driver)
      .number('speed', speed !== undefined && speed > 0 ? speed : undefined, 'Mbit/s')
      .text('duplex', values.duplex)
      .number('mtu', wholeNumber(values.mtu), 'bytes')
      .number('linkChanges', wholeNumber(values.carrier_changes), 'count').rows
  })
}

/** Batteries and chargers. The kernel gives energy in µWh, charge in µAh, voltage in µV. */
function powerFacts(ctx: CollectorContext): Promise<Facts> {
  return each(ctx, '/sys/class/power_supply', async (name, path) => {
    const text = (await ctx.files.tryText(`${path}/uevent`)) ?? ''
    const values = new Map(
      text.split('\n').map((line) => [line.slice(13, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
    )
    const thousandth = (field: string): number | undefined => {
      const micro = signedNumber(values.get(field))
      return micro === undefined ? undefined : micro / 1_000
    }
    return new FactList('power', path, name)
      .text('type', values.get('TYPE'))
      .text('status', values.get('STATUS'))
      .text('health', values.get('HEALTH'))
      .text('technology', values.get('TECHNOLOGY'))
      .text('manufacturer', values.get('MANUFACTURER'))
      .text('model', values.get('MODEL_NAME'))
      .personal('serialNumber', 'serialNumber', values.get('SERIAL_NUMBER'))
      .number('charge', wholeNumber(values.get('CAPACITY')), 'percent')
      .number('cycles', wholeNumber(values.get('CYCLE_COUNT')), 'count')
      .number('energyNow', thousandth('ENERGY_NOW'), 'mWh')
      .number('energyFull', thousandth('ENERGY_FULL'), 'mWh')
      .number('energyDesigned', thousandth('ENERGY_FULL_DESIGN'), 'mWh')
      .number('chargeNow', thousandth('CHARGE_NOW'), 'mAh')
      .number('chargeFull', thousandth('CHARGE_FULL'), 'mAh')
      .number('chargeDesigned', thousandth('CHARGE_FULL_DESIGN'), 'mAh')
      .number('voltage', thousandth('VOLTAGE_NOW'), 'mV')
      .flag('online', flagOf(values.get('ONLINE'))).rows
  })
}

const CARD_CONNECTOR = /^card\d+-/

/** Graphics cards and the screens at their connectors. */
function graphicsFacts(ctx: CollectorContext): Promise<Facts> {
  return each(ctx, '/sys/class/drm', async (name, path) => {
    if (CARD_CONNECTOR.test(name)) {
      const values = await attributes(ctx, path, ['status', 'enabled', 'modes', 'dpms'])
      return new FactList('graphics', path, name)
        .text('connector', values.status)
        .text('enabled', values.enabled)
        .text('bestMode', values.modes?.split('\n')[0])
        .text('power', values.dpms).rows
    }
    if (!/^card\d+$/.test(name)) return []
    const [values, driver] = await Promise.all([
      attributes(ctx, `${path}/device`, ['vendor', 'device', 'mem_info_vram_total']),
      linkName(ctx, `${path}/device/driver`),
    ])
    return new FactList('graphics', path, name)
      .text('vendor', pciVendorWord(values.vendor))
      .text('vendorId', values.vendor)
      .text('deviceId', values.device)
      .text('driver', driver)
      .number('memory', wholeNumber(values.mem_info_vram_total), 'bytes').rows
  })
}

/** Temperatures and fans. */
async function sensorFacts(ctx: CollectorContext): Promise<Facts> {
  const zones = await each(ctx, '/sys/class/thermal', async (name, path) => {
    if (!name.startsWith('thermal_zone')) return []
    const values = await attributes(ctx, path, ['type', 'temp'])
    return new FactList('sensors', path, name)
      .text('sensor', values.type)
      .number('temperature', celsius(values.temp), 'celsius').rows
  })
  const monitors = await each(ctx, '/sys/class/hwmon', (name, path) => monitorFacts(ctx, name, path))
  return [...zones, ...monitors]
}

async function monitorFacts(ctx: CollectorContext, name: string, path: string): Promise<Facts> {
  const inputs = (await namesIn(ctx, path)).filter((file) => /^(temp|fan)\d{1,2}_input$/.test(file))
  const chip = (await attributes(ctx, path, ['name'])).name
  const facts = await Promise.all(
    inputs.map(async (file) => {
      const label = file.replace('_input', '_label')
      const values = await attributes(ctx, path, [file, label])
      const list = new FactList(
        'sensors',
        `${path}/${file}`,
        `${chip ?? name} ${values[label] ?? file.replace('_input', '')}`,
      )
      if (file.startsWith('fan')) return list.number('fanSpeed', wholeNumber(values[file]), 'rpm').rows
      return list.number('temperature', celsius(values[file]), 'celsius').rows
    }),
  )
  return facts.flat()
}

function celsius(text: string | undefined): number | undefined {
  const thousandths = signedNumber(text)
  return thousandths === undefined ? undefined : thousandths / 1_000
}

/** One section with its reader, in the order of the report. */
export const LINUX_DEVICE_READERS: readonly (readonly [DeviceSection, (ctx: CollectorContext) => Promise<Facts>])[] = [
  ['graphics', graphicsFacts],
  ['storage', storageFacts],
  ['network', networkFacts],
  ['power', powerFacts],
  ['sensors', sensorFacts],
  ['pci', pciFacts],
  ['usb', usbFacts],
]
