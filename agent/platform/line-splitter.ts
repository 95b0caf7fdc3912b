const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/**
 * Cuts a stream of bytes into lines of text: UTF-8 with replacement characters, ends with LF or CR LF. It holds at most
 * one line of `maxLineBytes`; what a longer line has beyond is dropped and counted.
 */
export class LineSplitter {
  readonly #maxLineBytes: number
  #parts: Buffer[] = []
  #held = 0
  #cutting = false
  /** Lines that were cut so far. */
  cutLines = 0

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /** Yields the lines that end in this piece. */
  *push(piece: Buffer): Generator<string, void, undefined> {
    let start = 0
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      this.#hold(piece.subarray(start, end))
      yield this.#take()
      start = end + 1
    }
    if (start < piece.length) this.#hold(piece.subarray(start))
  }

  /** The last line when it has no end, or null. */
  finish(): string | null {
    return this.#parts.length === 0 ? null : this.#take()
  }

  #hold(part: Buffer): void {
    const room = this.#maxLineBytes - this.#held
    const kept = part.length > room ? part.subarray(0, room) : part
    if (kept.length < part.length && !this.#cutting) {
      this.#cutting = true
      this.cutLines += 1
    }
    if (kept.length === 0) return
    this.#parts.push(kept)
    this.#held += kept.length
  }

  #take(): string {
    const [first] = this.#parts
    const line = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts)
    this.#parts = []
    this.#held = 0
    this.#cutting = false
    return line.at(-1) === CARRIAGE_RETURN ? line.toString('utf8', 0, line.length - 1) : line.toString('utf8')
  }
}
