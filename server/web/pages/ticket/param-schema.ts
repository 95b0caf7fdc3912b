/** One parameter of a collector as a form shows it. */
export interface ParamField {
  readonly name: string
  readonly label: string
  readonly control:
    | { readonly kind: 'number'; readonly min: number | null; readonly max: number | null; readonly unit: string }
    | { readonly kind: 'switch' }
    | { readonly kind: 'choice'; readonly options: readonly Option[] }
    | { readonly kind: 'choices'; readonly options: readonly Option[] }
    | { readonly kind: 'texts'; readonly isNumber: boolean }
    | { readonly kind: 'time' }
    | { readonly kind: 'text'; readonly maxLength: number }
  readonly initial: unknown
}

export interface Option {
  readonly value: string
  readonly text: string
}

type Values = Readonly<Record<string, unknown>>
const MAX_FIELDS = 32
const MAX_OPTIONS = 64

/**
 * The fields of a form for a collector's parameters. The schema is the agent's word and may be anything: what this page
 * does not understand is left out, and the agent's own default counts.
 */
export function paramFields(schema: unknown): readonly ParamField[] {
  const properties = values(values(schema)?.properties)
  if (properties === null) return []
  return Object.entries(properties)
    .slice(0, MAX_FIELDS)
    .flatMap(([name, property]) => {
      const facts = values(property)
      const control = facts === null ? null : controlOf(facts)
      if (facts === null || control === null) return []
      return [
        {
          name: name.slice(0, 64),
          label: text(facts.description) ?? name.slice(0, 64),
          control,
          initial: facts.default,
        },
      ]
    })
}

function controlOf(facts: Values): ParamField['control'] | null {
  const options = optionsOf(facts.enum, facts.words)
  if (options !== null) return { kind: 'choice', options }
  switch (facts.type) {
    case 'integer':
    case 'number':
      return { kind: 'number', min: number(facts.minimum), max: number(facts.maximum), unit: text(facts.unit) ?? '' }
    case 'boolean':
      return { kind: 'switch' }
    case 'array':
      return arrayControl(facts)
    case 'string':
      return isTime(facts) ? { kind: 'time' } : { kind: 'text', maxLength: number(facts.maxLength) ?? 256 }
    default:
      return null
  }
}

function arrayControl(facts: Values): ParamField['control'] | null {
  const items = values(facts.items)
  if (items === null) return null
  const options = optionsOf(items.enum, facts.words)
  if (options !== null) return { kind: 'choices', options }
  if (items.type === 'string') return { kind: 'texts', isNumber: false }
  return items.type === 'integer' || items.type === 'number' ? { kind: 'texts', isNumber: true } : null
}

function optionsOf(list: unknown, words: unknown): readonly Option[] | null {
  if (!Array.isArray(list) || !list.every((value) => typeof value === 'string')) return null
  const named = values(words)
  return list.slice(0, MAX_OPTIONS).map((value) => {
    const word = named !== null && Object.hasOwn(named, value) ? text(named[value]) : null
    return { value, text: word ?? value }
  })
}

/** An instant as the wire has it is recognised by its pattern, since JSON Schema's `format` is not used there. */
function isTime({ pattern }: Values): boolean {
  return typeof pattern === 'string' && pattern.includes('\\d{4}-\\d\\d-\\d\\dT')
}

function values(value: unknown): Values | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : null // Just checked.
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
