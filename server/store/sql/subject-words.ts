import { searchWords } from './search-words.ts'

/** Words by which a ticket or an entry is compared; longer texts are told apart by their first ones. */
const MAX_WORDS = 96
const LEAST_LENGTH = 3

/** Words that say nothing of a problem, folded; English and German, the languages of the person's pages. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  `about after again all also and any are auch auf aus bei bin but can cannot come das dass dem den der des die does don dont
  ein eine einem einen einer fur for from geht get had has hat haben have her hers hier his how ich ihr ihre immer into ist
  its kann kein keine mehr mein meine mir mit must nach nicht noch not now nur off oder only our out per please problem
  seit sehr she sich sie sind some than that the their them then there they this too und uns unter use very vom von was wenn
  were what when which who why wie wir wird with you your zum zur since before changed error text means hinders
  affected people only much little work reach`.split(/\s+/),
)

/** The words by which something is compared with others. */
export function subjectWords(...texts: readonly string[]): readonly string[] {
  const words = searchWords(texts.join(' ')).filter((word) => word.length >= LEAST_LENGTH && !EMPTY_WORDS.has(word))
  return words.slice(0, MAX_WORDS)
}
