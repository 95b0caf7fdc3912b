/** What the story tells of a receipt or a revocation; the server verified it before it was recorded. */
export interface ReceiptFacts {
  readonly osUser: string | null
  readonly method: string | null
  readonly reason: string | null
}

const NOTHING: ReceiptFacts = { osUser: null, method: null, reason: null }

/** Reads the payload of a compact JWS that a device signed. */
export function receiptFacts(jws: unknown): ReceiptFacts {
  if (typeof jws !== 'string') return NOTHING
  const record = payloadOf(jws)
  const principal = member(member(record, 'parties'), 'principal')
  const decision = member(record, 'decision') ?? record
  return {
    osUser: textOf(principal, 'osUser') ?? textOf(record, 'osUser'),
    method: textOf(decision, 'method'),
    reason: textOf(decision, 'reason'),
  }
}

function payloadOf(jws: string): unknown {
  try {
    const base64 = (jws.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0)
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // An older form of receipts: the story then tells what the entry itself says.
    return null
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined
}

function textOf(value: unknown, name: string): string | null {
  const text = member(value, name)
  return typeof text === 'string' && text !== '' ? text : null
}
