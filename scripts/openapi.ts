/** Writes server/openapi.json: the description of the API as a running server gives it. A test compares the two. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_CONFIG } from '../server/config.ts'
import { startServer } from '../server/start-server.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'askfirst-openapi-'))
const server = await startServer({ ...DEFAULT_CONFIG, dataDir, port: 0, agentPort: 0, logLevel: 'error' })
try {
  const answer = await fetch(`${server.uiUrl}/api/openapi.json`)
  const text = `${JSON.stringify(await answer.json(), null, 2)}\n`
  writeFileSync(fileURLToPath(new URL('../server/openapi.json', import.meta.url)), text)
} finally {
  await server.close()
  rmSync(dataDir, { recursive: true })
}
