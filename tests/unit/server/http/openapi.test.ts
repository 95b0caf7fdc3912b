import { afterAll, beforeAll, expect, test } from 'vitest'
import { textOf } from '../../../support/repository.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { startTestApp } from '../../../support/test-app.ts'

let server: TestApp
beforeAll(async () => {
  server = await startTestApp()
})
afterAll(() => server.close())

test('server/openapi.json is what the server says of its API (scripts/openapi.ts writes it)', async () => {
  const answer = await server.app.inject({ method: 'GET', url: '/api/openapi.json' })
  expect(answer.json()).toEqual(JSON.parse(textOf('server/openapi.json')))
})
