import { ERRORS } from '@askfirst/protocol/errors.ts'
import { describe, expect, it } from 'vitest'
import { repositoryFiles, textOf } from '../support/repository.ts'

describe('the error table', () => {
  const documented = [...textOf('protocol/ERRORS.md').matchAll(/^### `([A-Z0-9_]+)`$/gm)].map(([, code]) => code)

  it('stands in ERRORS.md code by code, in both directions and in the same order', () => {
    expect(documented).toEqual(Object.keys(ERRORS))
  })

  it('holds only codes that some part of the product uses', () => {
    const code = repositoryFiles()
      .filter((name) => /^(agent|server|protocol)\/.*\.ts$/.test(name) && name !== 'protocol/errors.ts')
      .map(textOf)
      .join('\n')
    expect(Object.keys(ERRORS).filter((name) => !code.includes(`'${name}'`))).toEqual([])
  })

  it('has texts that say what happened and end as sentences do', () => {
    for (const [name, { text }] of Object.entries(ERRORS)) expect(text, name).toMatch(/^[A-Z].{10,}[.]$/)
  })
})
