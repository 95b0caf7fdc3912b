/** A form with a file as browsers send it. */
export interface MultipartForm {
  readonly fields: URLSearchParams
  /** The first file that is not empty; null: none was chosen. */
  readonly file: Buffer | null
}

const LINE = Buffer.from('\r\n')
const END_OF_HEAD = Buffer.from('\r\n\r\n')
const MAX_PARTS = 16

/**
 * Reads `multipart/form-data` (RFC 7578): the fields and one file. The file's name and kind are what the sender says, so
 * they are not even read.
 *
 * @returns null when it is not of this form
 */
export function readMultipart(contentType: string, body: Buffer): MultipartForm | null {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) return null
  const parts = partsOf(body, Buffer.from(`--${boundary}`))
  if (parts === null) return null
  const fields = new URLSearchParams()
  let file: Buffer | null = null
  for (const part of parts) {
    const end = part.indexOf(END_OF_HEAD)
    if (end < 0) return null
    const head = part.subarray(0, end).toString('latin1')
    const content = part.subarray(end + END_OF_HEAD.length)
    const name = /^content-disposition:\s*form-data;.*?\bname="([^"]*)"/im.exec(head)?.[1]
    if (name === undefined) return null
    if (!/;\s*filename\*?=/i.test(head)) fields.append(name, content.toString('utf8'))
    else if (content.length > 0) file ??= content
  }
  return { fields, file }
}

/** What stands between the marks, without the line ends that belong to them. */
function partsOf(body: Buffer, mark: Buffer): readonly Buffer[] | null {
  const parts: Buffer[] = []
  let at = body.indexOf(mark)
  while (at >= 0 && parts.length <= MAX_PARTS) {
    const start = at + mark.length
    if (body.subarray(start, start + 2).toString('latin1') === '--') return parts
    if (!body.subarray(start, start + LINE.length).equals(LINE)) return null
    const next = body.indexOf(Buffer.concat([LINE, mark]), start)
    if (next < 0) return null
    parts.push(body.subarray(start + LINE.length, next))
    at = next + LINE.length
  }
  return null
}
