/** Writes the table of server/README.md between its two marks from the configuration's own schema. A guard test compares. */

import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { CONFIG_KEYS, DEFAULT_CONFIG, ServerConfig, variableName } from '../server/config.ts'

const README = fileURLToPath(new URL('../server/README.md', import.meta.url))
const BEGIN = '<!-- configuration: written by scripts/server-configuration.ts -->'
const END = '<!-- end of configuration -->'

/** The README with its table brought up to date. */
export function readmeWithConfiguration(readme: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`server/README.md lacks the lines "${BEGIN}" and "${END}"`)
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${configurationTable()}\n\n${readme.slice(end)}`
}

function configurationTable(): string {
  const rows = CONFIG_KEYS.map((key) => {
    const schema: object = ServerConfig.properties[key]
    const meaning = 'description' in schema ? String(schema.description) : ''
    const usual = JSON.stringify(DEFAULT_CONFIG[key]).replace(homedir(), '~')
    return `| \`${key}\` | \`${variableName(key)}\` | ${meaning} | \`${usual}\` |`
  })
  return ['| key | variable | meaning | default |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

if (import.meta.main) writeFileSync(README, readmeWithConfiguration(readFileSync(README, 'utf8')))
