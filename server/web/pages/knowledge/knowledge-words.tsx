import type { KnowledgeState } from '../../api/knowledge.ts'
import type { Tone } from '../../ui/badge.tsx'
import { Badge } from '../../ui/badge.tsx'

const STATES: Readonly<Record<KnowledgeState, { readonly word: string; readonly tone: Tone }>> = {
  draft: { word: 'Draft', tone: 'warn' },
  published: { word: 'Published', tone: 'good' },
  retired: { word: 'Retired', tone: 'plain' },
}

export function knowledgeStateWord(state: KnowledgeState): string {
  return STATES[state].word
}

export function KnowledgeStateBadge({ state }: { readonly state: KnowledgeState }) {
  return <Badge tone={STATES[state].tone}>{STATES[state].word}</Badge>
}

/** The parts of an entry in the order in which they are read. */
export const KNOWLEDGE_PARTS = [
  { field: 'symptoms', label: 'Symptoms', hint: 'What people see and say when they have it.' },
  { field: 'cause', label: 'Cause', hint: 'Why it happens.' },
  { field: 'fix', label: 'Fix', hint: 'What to do, step by step.' },
  { field: 'prevention', label: 'Prevention', hint: 'What keeps it from coming back.' },
] as const
