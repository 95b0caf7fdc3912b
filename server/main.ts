import { runCli } from './cli/program.ts'
import { processEnvironment } from './config.ts'
import { SERVER_VERSION } from './version.ts'

process.exitCode = await runCli(
  { args: process.argv.slice(2), environment: processEnvironment, stdin: process.stdin, version: SERVER_VERSION },
  { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
)
