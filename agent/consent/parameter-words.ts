import type { TObject, TSchema } from 'typebox'
import { plainText, quoted } from './plain-text.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * The parameters in words, one line each. A schema's `description` names a parameter, else its own name in small words;
 * a parameter that the request leaves out is shown with the collector's default.
 */
export function parametersInWords(schema: TObject, params: Values): string[] {
  return Object.entries(schema.properties).map(([name, property]) => {
    const value = Object.hasOwn(params, name) && params[name] !== undefined ? params[name] : optionOf(property, 'default')
    return `${label(name, property)}: ${valueInWords(value)}`
  })
}

function label(name: string, property: TSchema): string {
  const description = optionOf(property, 'description')
  if (typeof description === 'string') return description.replace(/[.:]\s*$/, '')
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function valueInWords(value: unknown): string {
  if (value === undefined) return 'not limited'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'all' : value.map(memberInWords).join(', ')
  return memberInWords(value)
}

function memberInWords(value: unknown): string {
  return typeof value === 'string' ? quoted(value, 1_024) : plainText(JSON.stringify(value), 1_024)
}

function optionOf(schema: TSchema, name: 'default' | 'description'): unknown {
  // JSON Schema annotations that typebox does not type are plain properties of the schema object.
  return (schema as unknown as Values)[name]
}
