/** Chassis types of SMBIOS (DSP0134, table 17). */
const CHASSIS: Readonly<Record<number, string>> = {
  3: 'desktop',
  4: 'low profile desktop',
  5: 'pizza box',
  6: 'mini tower',
  7: 'tower',
  8: 'portable',
  9: 'laptop',
  10: 'notebook',
  11: 'hand held',
  12: 'docking station',
  13: 'all in one',
  14: 'sub notebook',
  15: 'space saving',
  16: 'lunch box',
  17: 'main server chassis',
  23: 'rack mount chassis',
  24: 'sealed case PC',
  28: 'blade',
  29: 'blade enclosure',
  30: 'tablet',
  31: 'convertible',
  32: 'detachable',
  33: 'IoT gateway',
  34: 'embedded PC',
  35: 'mini PC',
  36: 'stick PC',
}

export function chassisWord(type: number | undefined): string | undefined {
  return type === undefined ? undefined : CHASSIS[type]
}

/** Classes of PCI devices (PCI code and ID assignment specification): class and subclass, else the class alone. */
const PCI_CLASSES: Readonly<Record<string, string>> = {
  '00': 'unclassified',
  '01': 'storage controller',
  '0101': 'IDE controller',
  '0104': 'RAID controller',
  '0106': 'SATA controller',
  '0107': 'SAS controller',
  '0108': 'NVMe drive',
  '02': 'network controller',
  '0200': 'Ethernet controller',
  '0280': 'wireless network controller',
  '03': 'display controller',
  '0300': 'VGA display controller',
  '0302': '3D display controller',
  '04': 'multimedia controller',
  '0401': 'audio controller',
  '0403': 'audio device',
  '05': 'memory controller',
  '06': 'bridge',
  '0600': 'host bridge',
  '0601': 'ISA bridge',
  '0604': 'PCI bridge',
  '07': 'communication controller',
  '08': 'system peripheral',
  '0805': 'SD card controller',
  '09': 'input controller',
  '0b': 'processor',
  '0c': 'serial bus controller',
  '0c03': 'USB controller',
  '0c05': 'SMBus controller',
  '0d': 'wireless controller',
  '0d11': 'Bluetooth controller',
  '10': 'encryption controller',
  '11': 'signal processing controller',
  '12': 'processing accelerator',
}

/** Words for a class code such as `0x020000`. */
export function pciClassWord(code: string | undefined): string | undefined {
  const digits = /^0x([0-9a-f]{6})$/i.exec(code?.trim() ?? '')?.[1]?.toLowerCase()
  return digits === undefined ? undefined : (PCI_CLASSES[digits.slice(0, 4)] ?? PCI_CLASSES[digits.slice(0, 2)])
}

/** Makers that turn up on most machines, by PCI vendor id; the full list belongs to the server. */
const PCI_VENDORS: Readonly<Record<string, string>> = {
  '0x8086': 'Intel',
  '0x1022': 'AMD',
  '0x1002': 'AMD/ATI',
  '0x10de': 'NVIDIA',
  '0x10ec': 'Realtek',
  '0x14e4': 'Broadcom',
  '0x168c': 'Qualcomm Atheros',
  '0x17cb': 'Qualcomm',
  '0x14c3': 'MediaTek',
  '0x144d': 'Samsung',
  '0x15b7': 'SanDisk',
  '0x1c5c': 'SK hynix',
  '0x1987': 'Phison',
  '0x126f': 'Silicon Motion',
  '0xc0a9': 'Micron/Crucial',
  '0x1344': 'Micron',
  '0x15b3': 'Mellanox',
  '0x1af4': 'Virtio',
  '0x1b36': 'QEMU',
  '0x15ad': 'VMware',
  '0x80ee': 'VirtualBox',
  '0x1414': 'Microsoft',
  '0x1d0f': 'Amazon',
  '0x106b': 'Apple',
}

export function pciVendorWord(id: string | undefined): string | undefined {
  return PCI_VENDORS[id?.trim().toLowerCase() ?? '']
}

/** Classes of USB devices (USB-IF defined class codes). */
const USB_CLASSES: Readonly<Record<string, string>> = {
  '01': 'audio',
  '02': 'communication',
  '03': 'keyboard, mouse or similar',
  '06': 'camera (still image)',
  '07': 'printer',
  '08': 'storage',
  '09': 'hub',
  '0a': 'communication data',
  '0b': 'smart card reader',
  '0e': 'video',
  e0: 'wireless controller',
  ef: 'miscellaneous',
  ff: 'vendor specific',
}

export function usbClassWord(code: string | undefined): string | undefined {
  return USB_CLASSES[code?.trim().toLowerCase() ?? '']
}

/** Hypervisor by the maker or model that it writes into the machine's description. */
const HYPERVISORS: readonly (readonly [RegExp, string])[] = [
  [/vmware/i, 'VMware'],
  [/virtualbox|innotek/i, 'VirtualBox'],
  [/kvm|qemu|bochs|red hat|openstack|rhev|ovirt/i, 'KVM/QEMU'],
  [/microsoft corporation.*virtual|hyper-v/i, 'Hyper-V'],
  [/xen/i, 'Xen'],
  [/parallels/i, 'Parallels'],
  [/amazon ec2/i, 'Amazon EC2'],
  [/google compute engine|google google/i, 'Google Compute Engine'],
  [/bhyve/i, 'bhyve'],
  [/apple virtualization/i, 'Apple virtualisation'],
]

export function hypervisorWord(description: string): string | undefined {
  return HYPERVISORS.find(([pattern]) => pattern.test(description))?.[1]
}
