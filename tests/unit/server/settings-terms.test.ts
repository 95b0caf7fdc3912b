import { noticeTerms } from '@askfirst/server/notice-terms.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TestApp } from '../../support/test-app.ts'
import { startTestApp } from '../../support/test-app.ts'

let server: TestApp
beforeEach(async () => {
  server = await startTestApp()
})
afterEach(() => server.close())

test('what people are told about the organisation is what the settings say at that moment', async () => {
  const terms = noticeTerms(server.services.settings, () => 'the test server')
  // Taken once, as the agents' side does at its start.
  const { organisation } = terms
  expect(organisation.name).toBe('This organisation')
  const change = { organisationName: 'Example Ltd', organisationContact: '+44 20 0000 0000', retentionDays: 30 }
  await server.services.settings.change(change, SYSTEM_ACTOR)
  expect({ name: organisation.name, contact: organisation.contact, days: terms.retentionDays }).toEqual({
    name: 'Example Ltd',
    contact: '+44 20 0000 0000',
    days: 30,
  })
  // A welcome is made of the getters by JSON.
  expect(JSON.parse(JSON.stringify({ organisation }))).toEqual({
    organisation: { name: 'Example Ltd', contact: '+44 20 0000 0000' },
  })
})
