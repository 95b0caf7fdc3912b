#!/usr/bin/env node
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 26) {
  process.stderr.write(
    `askfirst-agent needs Node 26 or newer; this is ${process.versions.node}. In a checkout use node_modules/.bin/node.\n`,
  )
  process.exit(1)
}
const { main } = await import('../main.ts')
process.exitCode = await main(process.argv.slice(2))
