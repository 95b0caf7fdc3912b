import { readdirSync, readFileSync } from 'node:fs'
import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FACT_VALUES, KEY_FACTS } from '@askfirst/protocol/results/device-info.ts'
import { describe, expect, it } from 'vitest'

const FOLDER = new URL('../../../fixtures/collectors/device.info/', import.meta.url)
const CASES = ['darwin', 'linux', 'win32'].flatMap((platform) =>
  readdirSync(new URL(`${platform}/`, FOLDER))
    .filter((name) => name.endsWith('.expected.json'))
    .map((name) => `${platform}/${name}`),
)

function factsOf(path: string): DeviceFact[] {
  return JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8')).rows
}

describe('facts about a device', () => {
  it.each(CASES)('%s: each has exactly one value, and a unit only beside a number', (path) => {
    for (const fact of factsOf(path)) {
      expect(
        FACT_VALUES.filter((name) => fact[name] !== undefined),
        fact.name,
      ).toHaveLength(1)
      expect(fact.unit === undefined || fact.number !== undefined, fact.name).toBe(true)
    }
  })

  it.each(KEY_FACTS.map((key) => [`${key.section} ${key.name}`, key] as const))(
    '%s stands in its own value field on every system that gives it',
    (_name, key) => {
      const given = CASES.flatMap(factsOf).filter(
        (fact) => fact.section === key.section && fact.name === key.name && fact.item === undefined,
      )
      for (const fact of given) {
        expect(fact[key.value]).not.toBeUndefined()
        if ('unit' in key) expect(fact.unit).toBe(key.unit)
      }
      const everywhere = CASES.flatMap(factsOf).filter((fact) => fact.section === key.section && fact.name === key.name)
      expect(everywhere.length).toBeGreaterThan(0)
    },
  )
})
