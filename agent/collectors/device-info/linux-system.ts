import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from '../../parsers/device-facts.ts'
import { chassisWord, hypervisorWord } from '../../parsers/hardware-words.ts'
import { taintWords } from '../../parsers/linux-kernel-facts.ts'
import { parseAssignments, timeZoneOfLink } from '../../parsers/linux-os.ts'
import { parseUptimeMs } from '../../parsers/linux-process.ts'
import { instantOfText, wholeNumber } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import type { Attributes } from './attributes.ts'
import { attributes, namesIn } from './attributes.ts'

const DMI = '/sys/class/dmi/id'
const DMI_FILES = [
  'sys_vendor product_name product_version product_family product_sku product_serial product_uuid',
  'bios_vendor bios_version bios_date bios_release ec_firmware_release',
  'board_vendor board_name board_version board_serial board_asset_tag',
  'chassis_vendor chassis_type chassis_version chassis_serial chassis_asset_tag',
].flatMap((group) => group.split(' '))

/** Maker, model, firmware, board and case out of the description that the firmware left; serial numbers need an administrator. */
export async function machineFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  const dmi = await attributes(ctx, DMI, DMI_FILES)
  const tree = await attributes(ctx, '/proc/device-tree', ['model', 'serial-number'])
  const efi = await ctx.files.facts('/sys/firmware/efi')
  return [...systemOf(dmi, tree), ...firmwareOf(dmi, efi !== null), ...boardOf(dmi), ...chassisOf(dmi)]
}

function systemOf(dmi: Attributes, tree: Attributes): readonly DeviceFact[] {
  const board = new FactList('system', '/proc/device-tree')
    .text('model', dmi.product_name === undefined ? tree.model?.replaceAll('\0', '') : undefined)
    .personal(
      'serialNumber',
      'serialNumber',
      dmi.product_serial === undefined ? tree['serial-number']?.replaceAll('\0', '') : undefined,
    )
  const list = new FactList('system', DMI)
    .text('manufacturer', dmi.sys_vendor)
    .text('model', dmi.product_name)
    .text('modelVersion', dmi.product_version)
    .text('family', dmi.product_family)
    .text('sku', dmi.product_sku)
    .personal('serialNumber', 'serialNumber', dmi.product_serial)
    .personal('serialNumber', 'uuid', dmi.product_uuid)
  return [...list.rows, ...board.rows]
}

function firmwareOf(dmi: Attributes, isUefi: boolean): readonly DeviceFact[] {
  const list = new FactList('firmware', DMI)
    .text('vendor', dmi.bios_vendor)
    .text('version', dmi.bios_version)
    .text('date', dmi.bios_date)
    .text('release', dmi.bios_release)
    .text('controllerRelease', dmi.ec_firmware_release)
  if (dmi.bios_vendor === undefined && !isUefi) return list.rows
  return [...list.rows, ...new FactList('firmware', '/sys/firmware/efi').text('type', isUefi ? 'UEFI' : 'BIOS').rows]
}

function boardOf(dmi: Attributes): readonly DeviceFact[] {
  return new FactList('board', DMI)
    .text('manufacturer', dmi.board_vendor)
    .text('model', dmi.board_name)
    .text('version', dmi.board_version)
    .personal('serialNumber', 'serialNumber', dmi.board_serial)
    .personal('serialNumber', 'assetTag', dmi.board_asset_tag).rows
}

function chassisOf(dmi: Attributes): readonly DeviceFact[] {
  return new FactList('chassis', DMI)
    .text('manufacturer', dmi.chassis_vendor)
    .text('type', chassisWord(wholeNumber(dmi.chassis_type)))
    .text('version', dmi.chassis_version)
    .personal('serialNumber', 'serialNumber', dmi.chassis_serial)
    .personal('serialNumber', 'assetTag', dmi.chassis_asset_tag).rows
}

/** Name of the machine, how long it runs, and which operating system. */
export async function operatingSystemFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  const kernel = await attributes(ctx, '/proc/sys/kernel', ['hostname', 'osrelease', 'version', 'arch', 'ostype'])
  const uptimeMs = parseUptimeMs((await ctx.files.tryText('/proc/uptime')) ?? '')
  const system = new FactList('system', '/proc/uptime')
    .at('bootedAt', uptimeMs === undefined ? undefined : ctx.now().getTime() - uptimeMs)
    .number('uptime', uptimeMs === undefined ? undefined : Math.floor(uptimeMs / 1_000), 's')
  const name = new FactList('system', '/proc/sys/kernel/hostname').personal('hostName', 'hostName', kernel.hostname)
  const build = new FactList('operatingSystem', '/proc/sys/kernel')
    .text('build', kernel.osrelease)
    .text('architecture', kernel.arch ?? (await architectureByFeatures(ctx)))
  return [
    ...name.rows,
    ...system.rows,
    ...(await releaseFacts(ctx)),
    ...build.rows,
    ...(await kernelFacts(ctx, kernel)),
  ]
}

/** Kernels before 6.1 have no `arch` file; 64-bit Intel and AMD processors show it by their feature `lm`. */
async function architectureByFeatures(ctx: CollectorContext): Promise<string | undefined> {
  const text = (await ctx.files.tryText('/proc/cpuinfo')) ?? ''
  if (/^flags\s*:.* lm( |$)/m.test(text)) return 'x86_64'
  return /^CPU architecture\s*:\s*8/m.test(text) ? 'aarch64' : undefined
}

async function releaseFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const text = await ctx.files.tryText(path)
    if (text === null) continue
    const values = parseAssignments(text)
    const supportEnd = instantOfText(values.get('SUPPORT_END'))
    return new FactList('operatingSystem', path)
      .text('name', values.get('PRETTY_NAME') ?? values.get('NAME'))
      .text('version', values.get('VERSION_ID'))
      .text('versionName', values.get('VERSION'))
      .text('id', values.get('ID'))
      .text('basedOn', values.get('ID_LIKE'))
      .text('codeName', values.get('VERSION_CODENAME'))
      .text('variant', values.get('VARIANT'))
      .text('imageVersion', values.get('IMAGE_VERSION') ?? values.get('BUILD_ID'))
      .at('supportEndsAt', supportEnd === undefined ? undefined : Date.parse(supportEnd)).rows
  }
  return []
}

async function kernelFacts(ctx: CollectorContext, kernel: Attributes): Promise<readonly DeviceFact[]> {
  const [version, commandLine, tainted] = await Promise.all(
    ['/proc/version', '/proc/cmdline', '/proc/sys/kernel/tainted'].map((path) => ctx.files.tryText(path)),
  )
  return [
    ...new FactList('kernel', '/proc/sys/kernel').text('release', kernel.osrelease).text('builtAs', kernel.version)
      .rows,
    ...new FactList('kernel', '/proc/version').text('version', version).rows,
    ...new FactList('kernel', '/proc/cmdline').personal('commandLine', 'commandLine', commandLine).rows,
    ...new FactList('kernel', '/proc/sys/kernel/tainted')
      .number('tainted', wholeNumber(tainted))
      .text('taintedBecause', taintWords(tainted ?? null)).rows,
  ]
}

/** Time zone, language and keyboard. */
export async function localeFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  const zone =
    timeZoneOfLink(await ctx.files.link('/etc/localtime')) ?? (await ctx.files.tryText('/etc/timezone')) ?? undefined
  const [locale, keyboard, console] = await Promise.all([
    firstText(ctx, ['/etc/locale.conf', '/etc/default/locale']),
    firstText(ctx, ['/etc/default/keyboard']),
    firstText(ctx, ['/etc/vconsole.conf']),
  ])
  const words = parseAssignments(locale)
  return new FactList('locale', '/etc')
    .text('timeZone', zone)
    .text('language', words.get('LANG'))
    .text('languages', words.get('LANGUAGE'))
    .text('timeFormat', words.get('LC_TIME'))
    .text('keyboard', parseAssignments(keyboard).get('XKBLAYOUT') ?? parseAssignments(console).get('KEYMAP')).rows
}

async function firstText(ctx: CollectorContext, paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const text = await ctx.files.tryText(path)
    if (text !== null) return text
  }
  return ''
}

const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c'
const FLAWS = '/sys/devices/system/cpu/vulnerabilities'

/** Secure Boot, security modules and how far the processors' known flaws are closed. */
export async function securityFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  const [boot, modules, lockdown, selinux] = await Promise.all([
    ctx.files.tryText(SECURE_BOOT),
    ctx.files.tryText('/sys/kernel/security/lsm'),
    ctx.files.tryText('/sys/kernel/security/lockdown'),
    ctx.files.tryText('/sys/fs/selinux/enforce'),
  ])
  const flaws = await attributes(ctx, FLAWS, await namesIn(ctx, FLAWS))
  const list = new FactList('security', FLAWS)
  for (const [name, state] of Object.entries(flaws)) list.text(`flaw ${name}`, state)
  return [
    // The variable is four bytes of attributes and one byte that is 1 when Secure Boot is on.
    ...new FactList('security', 'efivars/SecureBoot').flag(
      'secureBoot',
      boot === null ? undefined : boot.endsWith('\u0001'),
    ).rows,
    ...new FactList('security', '/sys/kernel/security')
      .text('modules', modules)
      .text('lockdown', /\[(\w+)\]/.exec(lockdown ?? '')?.[1]).rows,
    ...new FactList('security', '/sys/fs/selinux/enforce').flag(
      'selinuxEnforcing',
      selinux === null ? undefined : selinux.trim() === '1',
    ).rows,
    ...list.rows,
  ]
}

/** Whether this is a virtual machine or a container, and the limits that a container has. */
export async function virtualisationFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  const dmi = await attributes(ctx, DMI, ['sys_vendor', 'product_name', 'bios_vendor', 'board_vendor'])
  const [cpuinfo, hypervisor, release] = await Promise.all([
    ctx.files.tryText('/proc/cpuinfo'),
    ctx.files.tryText('/sys/hypervisor/type'),
    ctx.files.tryText('/proc/sys/kernel/osrelease'),
  ])
  const isVirtual = /^flags\s*:.* hypervisor( |$)/m.test(cpuinfo ?? '')
  const named =
    hypervisorWord(`${dmi.sys_vendor ?? ''} ${dmi.product_name ?? ''} ${dmi.bios_vendor ?? ''}`) ?? hypervisor?.trim()
  const type = /microsoft/i.test(release ?? '') ? 'WSL' : (named ?? (isVirtual ? 'other hypervisor' : undefined))
  return [
    ...new FactList('virtualisation', '/proc/cpuinfo')
      .flag('isVirtualMachine', cpuinfo === null ? undefined : isVirtual)
      .text('type', type).rows,
    ...(await containerFacts(ctx)),
  ]
}

async function containerFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  const [docker, podman, systemd, groups] = await Promise.all([
    ctx.files.facts('/.dockerenv'),
    ctx.files.facts('/run/.containerenv'),
    ctx.files.tryText('/run/systemd/container'),
    ctx.files.tryText('/proc/1/cgroup'),
  ])
  const byGroup = /\/(docker|kubepods|lxc|libpod|machine\.slice)/.exec(groups ?? '')?.[1]
  const container = systemd?.trim() ?? (docker !== null ? 'docker' : podman !== null ? 'podman' : byGroup)
  const limits = await attributes(ctx, '/sys/fs/cgroup', ['memory.max', 'memory.current', 'cpu.max', 'pids.max'])
  return [
    ...new FactList('virtualisation', '/run').text('container', container).rows,
    ...new FactList('virtualisation', '/sys/fs/cgroup')
      .number('memoryLimit', wholeNumber(limits['memory.max']), 'bytes')
      .number('memoryInGroup', wholeNumber(limits['memory.current']), 'bytes')
      .number('processLimit', wholeNumber(limits['pids.max']), 'count')
      .text('processorLimit', limits['cpu.max']).rows,
  ]
}
