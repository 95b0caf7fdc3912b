import type { RowBlock, RowColumns } from './row-block.ts'
import { packColumns } from './row-block.ts'
import { packVocabulary } from './vocabulary.ts'
import type { TakeWord } from './word-hashes.ts'
import { hashWords } from './word-hashes.ts'

const FIRST_SIZE = 8_192

/**
 * Gathers the rows of one chunk and packs them as a block. One builder makes one block after another with the same
 * memory. Words are told apart by their hashes only: of two with one hash the first stands in the vocabulary.
 */
export class BlockBuilder {
  #atMs: number[] = []
  readonly #levels = new Names()
  readonly #providers = new Names()
  /** Open addressing: position of a word plus one, by the low bits of its hash; at most half full. */
  #table = new Uint32Array(2 * FIRST_SIZE)
  #words = 0
  #hashes = new Uint32Array(FIRST_SIZE)
  /** In how many rows each word occurs, and the last of them plus one. */
  #counts = new Uint16Array(FIRST_SIZE)
  #lastRow = new Uint16Array(FIRST_SIZE)
  /** Every occurrence: word and row. */
  #uses = 0
  #wordOf = new Uint32Array(4 * FIRST_SIZE)
  #rowOf = new Uint16Array(4 * FIRST_SIZE)
  /** Each distinct word as it stands in a text. */
  #texts: string[] = []
  readonly #take: TakeWord = (hash, text, start, end) => this.#use(hash, text, start, end)

  /** Begins a block; what was gathered before is forgotten. */
  start(): void {
    this.#atMs = []
    this.#levels.clear()
    this.#providers.clear()
    this.#table.fill(0)
    this.#words = 0
    this.#texts = []
    this.#uses = 0
  }

  /** Text of the row whose `row` comes next; a row may have any number of them. */
  text(text: string): void {
    hashWords(text, this.#take)
  }

  /** Ends a row. */
  row({ atMs, level, provider }: RowColumns): void {
    this.#atMs.push(atMs ?? Number.NaN)
    this.#levels.add(level)
    this.#providers.add(provider)
  }

  /** The block of the rows since `start`; each part has a buffer of its own. */
  finish(): Pick<RowBlock, 'rows' | 'columns' | 'words' | 'vocabulary' | 'postings'> {
    const columns = packColumns({
      ats: Float64Array.from(this.#atMs),
      levels: this.#levels.codes(),
      levelNames: this.#levels.names(),
      providers: this.#providers.codes(),
      providerNames: this.#providers.names(),
    })
    const vocabulary = packVocabulary(this.#texts)
    return { rows: this.#atMs.length, columns, words: this.#packWords(), vocabulary, postings: this.#packPostings() }
  }

  #use(hash: number, text: string, start: number, end: number): void {
    const word = this.#find(hash)
    if (word === this.#texts.length) this.#texts.push(text.slice(start, end))
    const row = this.#atMs.length + 1
    if (this.#lastRow[word] === row) return
    this.#lastRow[word] = row
    this.#counts[word] = (this.#counts[word] ?? 0) + 1
    if (this.#uses === this.#wordOf.length) this.#growUses()
    this.#wordOf[this.#uses] = word
    this.#rowOf[this.#uses] = row - 1
    this.#uses += 1
  }

  #find(hash: number): number {
    const mask = this.#table.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = this.#table[slot] ?? 0
      if (known === 0) return this.#add(hash, slot)
      if (this.#hashes[known - 1] === hash) return known - 1
    }
  }

  #add(hash: number, slot: number): number {
    const word = this.#words
    this.#words += 1
    this.#hashes[word] = hash
    this.#counts[word] = 0
    this.#lastRow[word] = 0
    this.#table[slot] = word + 1
    if (this.#words === this.#hashes.length) this.#growWords()
    return word
  }

  #growWords(): void {
    const size = 2 * this.#hashes.length
    this.#hashes = copyInto(new Uint32Array(size), this.#hashes)
    this.#counts = copyInto(new Uint16Array(size), this.#counts)
    this.#lastRow = copyInto(new Uint16Array(size), this.#lastRow)
    this.#table = new Uint32Array(2 * size)
    const mask = this.#table.length - 1
    for (let word = 0; word < this.#words; word += 1) {
      let slot = (this.#hashes[word] ?? 0) & mask
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask
      this.#table[slot] = word + 1
    }
  }

  #growUses(): void {
    this.#wordOf = copyInto(new Uint32Array(2 * this.#uses), this.#wordOf)
    this.#rowOf = copyInto(new Uint16Array(2 * this.#uses), this.#rowOf)
  }

  #packWords(): Uint8Array {
    const bytes = new Uint8Array(6 * this.#words)
    new Uint32Array(bytes.buffer, 0, this.#words).set(this.#hashes.subarray(0, this.#words))
    new Uint16Array(bytes.buffer, 4 * this.#words).set(this.#counts.subarray(0, this.#words))
    return bytes
  }

  /** Sorts the occurrences by word; those of one word stay in the order of the rows. */
  #packPostings(): Uint8Array {
    const next = new Uint32Array(this.#words)
    for (let word = 1; word < this.#words; word += 1) next[word] = (next[word - 1] ?? 0) + (this.#counts[word - 1] ?? 0)
    const postings = new Uint16Array(this.#uses)
    for (let use = 0; use < this.#uses; use += 1) {
      const word = this.#wordOf[use] ?? 0
      const at = next[word] ?? 0
      postings[at] = this.#rowOf[use] ?? 0
      next[word] = at + 1
    }
    return new Uint8Array(postings.buffer)
  }
}

/** A column of names as codes; code 0 is no name. */
class Names {
  readonly #codeOf = new Map<string, number>()
  #codes: number[] = []

  clear(): void {
    this.#codeOf.clear()
    this.#codes = []
  }

  add(name: string | null): void {
    if (name === null) {
      this.#codes.push(0)
      return
    }
    const code = this.#codeOf.get(name) ?? this.#codeOf.size + 1
    if (code > this.#codeOf.size) this.#codeOf.set(name, code)
    this.#codes.push(code)
  }

  codes(): Uint16Array {
    return Uint16Array.from(this.#codes)
  }

  names(): (string | null)[] {
    return [null, ...this.#codeOf.keys()]
  }
}

function copyInto<Numbers extends Uint16Array | Uint32Array>(target: Numbers, source: Numbers): Numbers {
  target.set(source)
  return target
}
