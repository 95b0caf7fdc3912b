/** A name with an address, as in `Help desk <help@example.org>`. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

const MAX_ADDRESS = 254
/**
 * An address as it is commonly given: dot-atom and a host name (RFC 5321, 4.1.2). Quoted names, address literals and
 * whatever separates addresses in a list are left out on purpose: what is no plain address gets no mail.
 */
const ADDRESS =
  /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)*$/u
const BOX = /^(?:([^<>\r\n]{0,200}?)\s*<([^<>\s]+)>|([^<>\s]+))$/

/** Whether a text is one plain address to which a mail can be sent. */
export function isAddress(text: string): boolean {
  return text.length <= MAX_ADDRESS && ADDRESS.test(text)
}

/** Reads `address` or `name <address>`; null when it is neither. */
export function mailboxOf(text: string): Mailbox | null {
  const [, name = '', inBrackets, bare] = BOX.exec(text.trim()) ?? []
  const address = inBrackets ?? bare ?? ''
  return isAddress(address) ? { name: name.replaceAll('"', '').trim(), address } : null
}
