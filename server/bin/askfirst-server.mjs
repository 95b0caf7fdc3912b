#!/usr/bin/env node
// Starts the server's command line on the Node that the project installed, whatever Node runs this file.
import { spawn } from 'node:child_process'
import nodeModule, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEAST_MAJOR = 26
const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'main.ts')

if (Number(process.versions.node.split('.')[0]) >= LEAST_MAJOR) await startHere()
else startOnInstalledNode()

async function startHere() {
  // Beside the packages, where only those may write who may change the code itself; without that right nothing is kept.
  nodeModule.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/askfirst-server', import.meta.url)))
  await import(main)
}

function startOnInstalledNode() {
  const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
  const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128)
  })
}
