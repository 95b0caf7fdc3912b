import type { PersonalContext } from './personal-kind.ts'
import { isPseudonym } from './pseudonyms.ts'

const ADDRESS = /(?<![\w.%+-])([\w.%+-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w-])/g

/** Replaces e-mail addresses: `user-…@mail-….com`. Addresses of one domain keep it in common, and its last label. */
export function replaceEmailAddresses(text: string, context: PersonalContext): string {
  if (!text.includes('@')) return text
  return text.replace(ADDRESS, (match: string, user: string, domain: string) => {
    if (isPseudonym(user) || /\.(?:service|socket|timer|target|mount|slice|scope)$/.test(domain)) return match
    context.count('emailAddress')
    const name = context.pseudonyms.letters('user', user.toLowerCase(), 8)
    const site = context.pseudonyms.letters('mail', domain.toLowerCase(), 8)
    return `user-${name}@mail-${site}.${domain.split('.').at(-1)}`
  })
}
