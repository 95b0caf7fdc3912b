/** What a parser made of its input. Parsers count here and never throw on bad input. */
export interface ParseTally {
  rows: number
  /** Records or lines that could not be understood and were left out. */
  unparsed: number
}

export function newTally(): ParseTally {
  return { rows: 0, unparsed: 0 }
}
