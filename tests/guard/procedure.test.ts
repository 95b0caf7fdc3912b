import { describe, expect, it } from 'vitest'
import { repositoryFiles, textOf } from '../support/repository.ts'

/** The support procedure, line by line, in the order of its stages. A line that goes missing from the table fails here. */
const PROCEDURE: Readonly<Record<string, readonly string[]>> = {
  'Service ticket': ['receive and log the incident', 'priority from impact and urgency'],
  Preparation: [
    'contact the user or on-site person',
    'schedule and confirm availability',
    'verify access permissions',
    'inform stakeholders',
    'obtain consent',
  ],
  'Secure connection': ['authorised tools only', 'company credentials', 'encrypted channels'],
  Diagnosis: [
    'error messages, logs, screenshots',
    "the user's description and recent changes",
    'diagnostic utilities',
    'communicate findings and next steps',
  ],
  Method: [
    'identify the problem',
    'establish a theory of probable cause',
    'test it; refuted leads to a new theory or escalation',
    'plan of action',
    'implement or escalate',
    'verify full functionality and preventive measures',
    'document findings, actions, outcome',
  ],
  Resolution: [
    'implement solutions or workarounds',
    'confirm major actions before and after',
    'the user confirms that it works',
  ],
  Documentation: ['all actions, findings, final resolution', 'every change of configuration or system settings'],
  Escalation: [
    'level 1: 30 minutes, or lacks privilege or expertise',
    'level 2: specialist or team lead',
    'level 3: senior support or management',
    'hand over all documentation',
    'inform the user of the escalation and what happens next',
    'the new owner must accept',
  ],
  Closure: ['end the session securely', 'leave the system stable', 'ask for feedback'],
  Communication: ['clear, regular updates', 'confidential handling', 'records kept for reference'],
  Roles: ['support technician', 'on-site person', 'technical team lead'],
}

const START = '<!-- procedure -->'
const END = '<!-- end of procedure -->'
const NOT_YET = 'not yet'

const text = textOf('server/README.md')
const files = repositoryFiles()
const rows = text
  .slice(text.indexOf(START), text.indexOf(END))
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| stage'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))

describe('the table of the procedure', () => {
  it('has each line of the procedure once, in its order', () => {
    const told = rows.map(([stage, line]) => [stage, line])
    expect(told).toEqual(Object.entries(PROCEDURE).flatMap(([stage, lines]) => lines.map((line) => [stage, line])))
  })

  it('names files of the product that exist', () => {
    const named = rows.flatMap(([, , where = '']) => [...where.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    expect(named.length).toBeGreaterThanOrEqual(rows.length / 2)
    const isThere = (name: string) =>
      files.some((file) => file === name || (name.endsWith('/') && file.startsWith(name)))
    expect(named.filter((name) => !isThere(name))).toEqual([])
  })

  it('names for each line a test that exists, by a part of its title, or says that it is not there yet', () => {
    const wrong = rows.filter(([, , where, shown = '']) => {
      if (shown === NOT_YET) return where !== NOT_YET
      const named = [...shown.matchAll(/`(tests\/[^`]+)`: "([^"]+)"/g)]
      return (
        named.length === 0 ||
        named.some(([, file = '', title = '']) => !files.includes(file) || !textOf(file).includes(title))
      )
    })
    expect(wrong).toEqual([])
  })
})
