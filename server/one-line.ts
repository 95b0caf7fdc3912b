/** A text as one well-formed line of at most so many characters, for fields of the protocol that may not be empty. */
export function oneLine(text: string, maxLength: number): string {
  return text.toWellFormed().replaceAll(/\s+/g, ' ').trim().slice(0, maxLength).toWellFormed() || '-'
}
