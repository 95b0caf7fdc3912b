import { Type } from 'typebox'
import { CatalogueEntry } from '../catalogue-entry.ts'
import { defineMessage } from '../define-message.ts'

/** The collectors that this agent offers. */
export const agentCatalogue = defineMessage({
  type: 'agent.catalogue',
  from: 'agent',
  since: 1,
  summary: 'Announces the collectors of this agent, with their texts, parameters and limits.',
  body: { catalogue: Type.Array(CatalogueEntry, { maxItems: 128 }) },
})
