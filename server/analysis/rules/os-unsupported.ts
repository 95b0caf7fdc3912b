import { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** The operating system gets no more security fixes. */
export const osUnsupported = defineRule({
  id: 'os.unsupported',
  version: 1,
  title: 'Operating system out of support',
  platforms: ['darwin', 'linux', 'win32'],
  reads: {
    facts: reading({ collector: 'device.info', row: DeviceFact, select: (row) => row.section === 'operatingSystem' }),
  },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ facts }, { nowMs }) => {
    const end = facts.rows.find(({ row }) => row.name === 'supportEndsAt' && row.at !== undefined)
    if (end === undefined) return couldNotTell('The system does not say how long it is supported.')
    if (Date.parse(end.row.at ?? '') > nowMs) return findings([])
    const name = facts.rows.find(({ row }) => row.name === 'name')?.row.text ?? 'the operating system'
    return findings([
      {
        severity: 'medium',
        subject: name,
        statement: `Support for ${name} ended on ${(end.row.at ?? '').slice(0, 10)}: it gets no more security fixes.`,
        evidence: [{ collector: 'device.info', sightings: [end] }],
        probableCause: 'The system was not upgraded before its support ended.',
        nextCheck: {
          text: 'Can this machine run a supported version? Memory, processor and firmware say so.',
          collector: 'device.info',
        },
        prevention: 'Plan upgrades a year before support ends.',
      },
    ])
  },
})
