import { describe, expect, it } from 'vitest'
import { repositoryFiles, textOf } from '../support/repository.ts'

const text = textOf('protocol/THREAT-MODEL.md')
const files = repositoryFiles()

describe('the threat model', () => {
  it('names tests that exist, by a part of their title', () => {
    const named = [...text.matchAll(/^- `(tests\/[^`]+)`: "([^"]+)"$/gm)]
    expect(named.length).toBeGreaterThan(25)
    const missing = named.filter(([, file = '', title = '']) => !files.includes(file) || !textOf(file).includes(title))
    expect(missing.map(([line]) => line)).toEqual([])
  })

  it('names files and folders of the code that exist', () => {
    const named = [...text.matchAll(/`((?:agent|server|protocol)\/[^`\s]+)`/g)].map(([, name = '']) => name)
    expect(
      named.filter((name) => !files.some((file) => file === name || (name.endsWith('/') && file.startsWith(name)))),
    ).toEqual([])
  })

  it('names rules that SPEC.md has', () => {
    const rules = new Set([...textOf('protocol/SPEC.md').matchAll(/\*\*([A-Z]\d+)\*\*/g)].map(([, rule]) => rule))
    const named = [...text.matchAll(/\b([WHCRLXGU]\d{1,2})\b/g)].map(([, rule]) => rule)
    expect(named.filter((rule) => !rules.has(rule))).toEqual([])
  })

  it('has a section with all four parts for each who may be hostile', () => {
    const sections = text.split(/^## /m).filter((section) => section.includes('**May try**'))
    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      'The network',
      "An agent's machine",
      "Other local users of an agent's machine",
      'The server',
      'A technician',
      "A web page in the technician's browser",
      "A web page in the end-user's browser",
      "Whoever reads or forges the person's mail",
      'A stolen enrolment code',
      'A stolen installer',
      'A stolen backup',
      'A lost or stolen device key',
    ])
    for (const section of sections)
      for (const part of ['**What stops it**', '**Shown by**', '**What remains**']) expect(section).toContain(part)
  })
})
