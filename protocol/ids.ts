import { Type } from 'typebox'

declare const brand: unique symbol
/** A string that can only come from `makeId` or a validated message; the prefix says what it names. */
export type Id<Prefix extends string> = string & { readonly [brand]: Prefix }

/** Crockford's base 32 in lower case: no i, l, o, u, so that an id survives being read out on the phone. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const BODY = '[0-9a-hjkmnp-tv-z]{26}'

function idSchema<Prefix extends string>(prefix: Prefix) {
  return Type.Unsafe<Id<Prefix>>(Type.String({ pattern: `^${prefix}_${BODY}$`, maxLength: prefix.length + 27 }))
}

export type TicketId = Id<'tkt'>
export type DeviceId = Id<'dev'>
export type UserId = Id<'usr'>
export type RequestId = Id<'crq'>
export type GrantId = Id<'gra'>
export type ReceiptId = Id<'rcp'>
export type RunId = Id<'run'>
export type FindingId = Id<'fnd'>
export type ReportId = Id<'rep'>
export type StatementId = Id<'stm'>
export type AttachmentId = Id<'att'>
export type EscalationId = Id<'esc'>
export type OfferId = Id<'ofr'>
export type TheoryId = Id<'thy'>
export type ActionId = Id<'act'>
export type ComparisonId = Id<'cmp'>
export type AskId = Id<'ask'>
export type AppointmentId = Id<'apt'>
export type KnowledgeId = Id<'kno'>
export type ErasureId = Id<'era'>

export const TicketId = idSchema('tkt')
export const DeviceId = idSchema('dev')
export const UserId = idSchema('usr')
export const RequestId = idSchema('crq')
export const GrantId = idSchema('gra')
export const ReceiptId = idSchema('rcp')
export const RunId = idSchema('run')
export const FindingId = idSchema('fnd')
export const ReportId = idSchema('rep')
export const StatementId = idSchema('stm')
export const AttachmentId = idSchema('att')
export const EscalationId = idSchema('esc')
export const OfferId = idSchema('ofr')
export const TheoryId = idSchema('thy')
export const ActionId = idSchema('act')
export const ComparisonId = idSchema('cmp')
export const AskId = idSchema('ask')
export const AppointmentId = idSchema('apt')
export const KnowledgeId = idSchema('kno')
export const ErasureId = idSchema('era')

/**
 * Makes an id that sorts by time: 48 bits of Unix milliseconds, then 80 random bits (the layout of a ULID).
 *
 * @param prefix what the id names, e.g. `run`
 * @param timeMs Unix time in milliseconds, 0 to 2^48 - 1
 * @param random at least 10 bytes from a cryptographic source
 * @throws RangeError when the time or the random bytes do not fit
 */
export function makeId<Prefix extends string>(prefix: Prefix, timeMs: number, random: Uint8Array): Id<Prefix> {
  if (!Number.isSafeInteger(timeMs) || timeMs < 0 || timeMs >= 2 ** 48) {
    throw new RangeError(`An id needs a time between 0 and 2^48 ms, not ${timeMs}`)
  }
  if (random.length < 10) throw new RangeError(`An id needs 10 random bytes, not ${random.length}`)
  let bits = BigInt(timeMs)
  for (const byte of random.subarray(0, 10)) bits = (bits << 8n) | BigInt(byte)
  let body = ''
  for (let digit = 0; digit < 26; digit += 1) {
    body = ALPHABET.charAt(Number(bits & 31n)) + body
    bits >>= 5n
  }
  // `body` is built from the alphabet alone, so the brand holds.
  return `${prefix}_${body}` as Id<Prefix>
}
