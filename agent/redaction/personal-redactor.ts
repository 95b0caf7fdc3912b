import type { PrivacyKind } from '@askfirst/protocol/privacy.ts'
import { replaceEmailAddresses } from './email-address.ts'
import { pseudoHostField } from './host-name.ts'
import { replaceIpAddresses } from './ip-address.ts'
import { knownNames } from './known-names.ts'
import { pseudoMacField, replaceMacAddresses } from './mac-address.ts'
import type { PersonalContext } from './personal-kind.ts'
import { pseudoSerialField } from './serial-number.ts'
import { pseudoUserField, replaceHomes, replaceSids } from './user-name.ts'

/** Replaces personal identifiers by pseudonyms: by a field's mark, and in free text by shape and by known name. */
export interface PersonalRedactor {
  field(value: string, privacy: PrivacyKind): string
  text(value: string): string
}

const MAX_ROUNDS = 8
/** What a routing table says for every other address; it is no name even on a machine that is called so. */
const DEFAULT_ROUTE = 'default'

export function createPersonalRedactor(context: PersonalContext): PersonalRedactor {
  const replaceKnown = knownNames(context)
  const once = (value: string) => {
    const addresses = replaceIpAddresses(replaceMacAddresses(replaceEmailAddresses(value, context), context), context)
    return replaceKnown(replaceHomes(replaceSids(addresses, context), context))
  }
  // A replacement can uncover what stood in its shadow: until nothing changes.
  const text = (value: string) => {
    let result = value
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const next = once(result)
      if (next === result) break
      result = next
    }
    return result
  }
  return { text, field: (value, privacy) => field(value, privacy, { context, text }) }
}

interface Means {
  readonly context: PersonalContext
  readonly text: (value: string) => string
}

function field(value: string, privacy: PrivacyKind, { context, text }: Means): string {
  switch (privacy) {
    case 'userName':
      return pseudoUserField(value, context)
    case 'hostName':
      return pseudoHostField(value, context)
    case 'macAddress':
      return pseudoMacField(value, context)
    case 'serialNumber':
      return pseudoSerialField(value, context)
    case 'ipAddress':
      return value === DEFAULT_ROUTE ? value : text(value)
    case 'emailAddress':
    case 'path':
    case 'commandLine':
    case 'freeText':
      return text(value)
  }
}
