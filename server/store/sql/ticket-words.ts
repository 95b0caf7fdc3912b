import type { Ticket } from '../entities.ts'
import { subjectWords } from './subject-words.ts'
import type { SqlContext } from './tables.ts'

/** Brings the words by which a ticket is compared with others to it. */
export async function putTicketWords(
  { db }: SqlContext,
  key: number,
  { title, description }: Pick<Ticket, 'title' | 'description'>,
): Promise<void> {
  await db.deleteFrom('ticket_words').where('ticket_id', '=', key).execute()
  const words = subjectWords(title, description).map((word) => ({ ticket_id: key, word }))
  if (words.length > 0) await db.insertInto('ticket_words').values(words).execute()
}
