import type { Finding } from '../entities.ts'
import { foldText } from './search-words.ts'

/** What the store keeps of a finding beside its content: what the queue counts by, and what a search looks at. */
export function findingColumns({ severity, statement, subject }: Finding['content']) {
  // Texts of findings quote rows, and PostgreSQL keeps no U+0000 in a text.
  return { severity, search: foldText(`${statement} ${subject}`).replaceAll('\u0000', ' ') }
}
