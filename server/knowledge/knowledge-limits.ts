/** Characters of an entry's title, and of each of its longer texts. */
export const LONGEST_TITLE = 200
export const LONGEST_TEXT = 8_000
export const MOST_RULES = 32
