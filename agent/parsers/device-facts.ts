import type { DeviceFact, DeviceSection, FactUnit } from '@askfirst/protocol/results/device-info.ts'
import { cutText, instantOf, lineOf, rounded } from './values.ts'

type Place = { readonly section: DeviceSection; readonly source: string; readonly item?: string | undefined }
type PersonalValue = 'hostName' | 'userName' | 'serialNumber' | 'macAddress' | 'path' | 'commandLine'

const LONGEST: Readonly<Record<PersonalValue, number>> = {
  hostName: 256,
  userName: 256,
  serialNumber: 256,
  macAddress: 64,
  path: 4_096,
  commandLine: 8_192,
}

/** What makers write into fields that they did not fill; it says nothing, so it gives no fact. */
const PLACEHOLDER =
  /^(?:to be filled by o\.?e\.?m\.?|default string|system (?:product name|manufacturer|version|serial number)|not (?:specified|available|applicable|provided)|none|n\/a|unknown|x\.x|oem|o\.e\.m\.|0+|\.+|-+|empty|undefined|chassis (?:manufacture|version|serial number)|no asset (?:tag|information)|asset-?\d{4,}|serial ?number|invalid)$/i

/** Gathers facts of one part of the machine; what is unknown, empty or a maker's placeholder is left out. */
export class FactList {
  readonly rows: DeviceFact[] = []
  readonly #place: Place

  constructor(section: DeviceSection, source: string, item?: string) {
    this.#place = { section, source: cutText(source, 256), item: lineOf(item, 128) }
  }

  text(name: string, value: string | null | undefined): this {
    const line = lineOf(value, 4_096)
    if (line !== undefined && !PLACEHOLDER.test(line)) this.#add(name, { text: line })
    return this
  }

  number(name: string, value: number | undefined, unit?: FactUnit): this {
    if (value === undefined || !Number.isFinite(value)) return this
    this.#add(name, unit === undefined ? { number: rounded(value, 3) } : { number: rounded(value, 3), unit })
    return this
  }

  flag(name: string, value: boolean | undefined): this {
    if (value !== undefined) this.#add(name, { flag: value })
    return this
  }

  at(name: string, epochMs: number | undefined): this {
    const instant = instantOf(epochMs)
    if (instant !== undefined) this.#add(name, { at: instant })
    return this
  }

  /** A value that may point at a person or at this very machine; `kind` is the field that it stands in. */
  personal(kind: PersonalValue, name: string, value: string | null | undefined): this {
    const line = lineOf(value, LONGEST[kind])
    if (line !== undefined && !PLACEHOLDER.test(line)) this.#add(name, { [kind]: line })
    return this
  }

  #add(name: string, value: Partial<DeviceFact>): void {
    const { section, source, item } = this.#place
    const factName = lineOf(name, 128)
    if (factName === undefined) return
    this.rows.push({ section, ...(item === undefined ? {} : { item }), name: factName, ...value, source })
  }
}
