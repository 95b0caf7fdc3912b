#!/usr/bin/env node
import nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 26) {
  process.stderr.write(
    `askfirst-agent needs Node 26 or newer; this is ${process.versions.node}. In a checkout use node_modules/.bin/node.\n`,
  )
  process.exit(1)
}
// Decision 0020: the agent makes little garbage, so the heap's youngest part need not grow with its start.
setFlagsFromString('--semi-space-growth-factor=1')
// Beside the packages, where only those may write who may change the code itself; without that right nothing is kept.
nodeModule.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/askfirst-agent', import.meta.url)))
const { main } = await import('../main.ts')
process.exitCode = await main(process.argv.slice(2))
