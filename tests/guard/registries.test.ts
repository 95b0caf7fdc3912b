import { readdirSync } from 'node:fs'
import { COLLECTORS } from '@askfirst/agent/collectors/index.ts'
import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import { PROTOCOL_HISTORY, PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../server/analysis/rules/index.ts'
import { PLAYBOOKS } from '../../server/playbooks/index.ts'
import { ROOT } from '../support/repository.ts'

/** Names of the modules in a folder, the catalogue itself left out. */
function modules(folder: string): string[] {
  return readdirSync(ROOT + folder)
    .filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    .map((name) => name.slice(0, -3))
    .sort()
}

describe('catalogues', () => {
  it('list every message file once, under its own name', () => {
    expect(MESSAGES.map(({ type }) => type.replace('.', '-')).sort()).toEqual(modules('protocol/messages'))
  })

  it('list every rule file once, under its own name', () => {
    expect(RULES.map(({ id }) => id.replaceAll('.', '-')).sort()).toEqual(modules('server/analysis/rules'))
  })

  it('list every playbook file once, under its own name, with collectors that exist', () => {
    const parts = new Set(['playbook', 'playbook-service'])
    expect(PLAYBOOKS.map(({ id }) => id).toSorted()).toEqual(
      modules('server/playbooks').filter((name) => !parts.has(name)),
    )
    const known = new Set(COLLECTORS.map(({ id }) => id))
    for (const { id, collectors } of PLAYBOOKS)
      expect(
        collectors.filter((collector) => !known.has(collector.id)),
        id,
      ).toEqual([])
  })

  it('name only rules that exist as what explains a rule, and never in a circle', () => {
    const byId = new Map(RULES.map((rule) => [rule.id, rule]))
    const reaches = (id: string, seen: readonly string[]): boolean =>
      seen.includes(id) || (byId.get(id)?.dependsOn.some((cause) => reaches(cause, [...seen, id])) ?? true)
    for (const rule of RULES)
      expect(
        rule.dependsOn.some((cause) => reaches(cause, [rule.id])),
        rule.id,
      ).toBe(false)
  })
})

describe('the history of the protocol', () => {
  it('[U1] counts up by one, with dates in order', () => {
    expect(PROTOCOL_HISTORY.map(({ version }) => version)).toEqual(PROTOCOL_HISTORY.map((_, at) => at + 1))
    expect(PROTOCOL_HISTORY.map(({ date }) => date).toSorted()).toEqual(PROTOCOL_HISTORY.map(({ date }) => date))
  })

  it('[U1] has every message begin within it', () => {
    for (const { type, since } of MESSAGES) expect(since >= 1 && since <= PROTOCOL_VERSION, type).toBe(true)
  })
})
