import { expect, it } from 'vitest'
import { readmeWithConfiguration } from '../../scripts/server-configuration.ts'
import { textOf } from '../support/repository.ts'

it('the server README lists every key of the configuration, as the schema has it', () => {
  const readme = textOf('server/README.md')
  expect(readme).toBe(readmeWithConfiguration(readme))
})
