import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { parametersInWords } from '@askfirst/protocol/notice/parameter-words.ts'
import { wrapped } from '@askfirst/protocol/notice/plain-text.ts'
import { COLLECTORS, catalogueEntries } from '../../collectors/index.ts'
import { thisPlatform } from '../../identity/enrol.ts'
import { readLocalPolicy } from '../../policy/local-policy.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Lists all that this agent can read. It needs no running agent: the list is compiled in. */
export async function showCatalogue(context: CliContext): Promise<number> {
  const reading = readLocalPolicy(context.config.policyFile)
  const isAvailable = (id: string) => reading.ok && reading.policy.collectorsOff?.includes(id) !== true
  const entries = catalogueEntries(COLLECTORS, thisPlatform(), isAvailable)
  context.print({ catalogue: entries }, () => entries.flatMap(entryLines))
  return EXIT.ok
}

function entryLines(entry: CatalogueEntry): string[] {
  const own = COLLECTORS.find(({ id }) => id === entry.id)
  const usual = own === undefined ? [] : parametersInWords(own.params, {})
  return [
    `${entry.id}: ${entry.title}${entry.available ? '' : ' (not available on this computer)'}`,
    wrapped(entry.tellUser, '  '),
    wrapped(entry.notRead, '  '),
    ...usual.map((line) => wrapped(line, '    ')),
    '',
  ]
}
