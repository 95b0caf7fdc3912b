import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { withDefaults } from '@askfirst/protocol/with-defaults.ts'
import type { TObject } from 'typebox'
import type { Device } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { paramsProblem, safeParamsSchema } from './safe-params-schema.ts'

/** The collectors that one device announced, with schemas that are safe to check with. */
export class DeviceCollectors {
  readonly #entries: ReadonlyMap<string, CatalogueEntry>

  constructor(entries: readonly CatalogueEntry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]))
  }

  /** The collector's parameter schema; null when the device has no such collector. */
  schema(collector: string): TObject | null {
    const entry = this.#entries.get(collector)
    return entry === undefined ? null : safeParamsSchema(entry.params)
  }

  /** What the device announced of a collector. */
  entry(collector: string): CatalogueEntry | undefined {
    return this.#entries.get(collector)
  }

  /**
   * Makes sure that the device can run a collector with these parameters, and fills in what was left out with the
   * schema's defaults, so that the person sees all that is asked for.
   *
   * @throws AskFirstError COLLECTOR_UNKNOWN, COLLECTOR_UNAVAILABLE, PARAMS_INVALID
   */
  complete(collector: string, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const entry = this.#entries.get(collector)
    if (entry === undefined) throw new AskFirstError('COLLECTOR_UNKNOWN', `The device has no collector ${collector}.`)
    if (!entry.available) throw new AskFirstError('COLLECTOR_UNAVAILABLE', `${collector} cannot run on this device.`)
    const schema = safeParamsSchema(entry.params)
    const params = withDefaults(schema, given)
    const problem = paramsProblem(schema, params)
    if (problem !== null)
      throw new AskFirstError('PARAMS_INVALID', `${collector}: ${problem}`, { details: { collector, problem } })
    return params
  }
}

/** Loads what a device announced last; empty until it did. */
export async function loadDeviceCollectors(store: Pick<Store, 'devices'>, device: Device): Promise<DeviceCollectors> {
  const entries = device.catalogueSha256 === null ? null : await store.devices.catalogue(device.catalogueSha256)
  return new DeviceCollectors(entries ?? [])
}
