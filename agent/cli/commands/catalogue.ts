import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { COLLECTORS } from '../../collectors/index.ts'
import { buildCatalogue } from '../../consent/catalogue.ts'
import { parametersInWords } from '../../consent/parameter-words.ts'
import { wrapped } from '../../consent/plain-text.ts'
import { thisPlatform } from '../../identity/enrol.ts'
import { readLocalPolicy } from '../../policy/local-policy.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Lists all that this agent can read. It needs no running agent: the list is compiled in. */
export async function showCatalogue(context: CliContext): Promise<number> {
  const entries = buildCatalogue(COLLECTORS, thisPlatform(), readLocalPolicy(context.config.policyFile))
  context.print({ catalogue: entries }, () => entries.flatMap(entryLines))
  return EXIT.ok
}

function entryLines(entry: CatalogueEntry): string[] {
  const own = COLLECTORS.find(({ id }) => id === entry.id)
  const usual = own === undefined ? [] : parametersInWords(own.params, {})
  return [
    `${entry.id}: ${entry.title}${entry.available ? '' : ' (not available on this computer)'}`,
    wrapped(`Reads: ${entry.tellUser}`, '  '),
    wrapped(`Does not read: ${entry.notRead}`, '  '),
    ...usual.map((line) => wrapped(line, '    ')),
    '',
  ]
}
