import type { TObject, TSchema } from 'typebox'
import { durationInWords } from './duration-words.ts'
import { plainText, quoted } from './plain-text.ts'

type Values = Readonly<Record<string, unknown>>

const MINUTES_OF_DAY = 1_440

/**
 * The parameters in words, one line each. Three annotations of a parameter's schema help: `description` names it (else
 * its own name in small words), `words` says its choices in plain words, `unit` says what its number counts. A parameter
 * that the request leaves out is shown with the collector's default.
 */
export function parametersInWords(schema: TObject, params: Values): string[] {
  return Object.entries(schema.properties).map(([name, property]) => {
    const value =
      Object.hasOwn(params, name) && params[name] !== undefined ? params[name] : optionOf(property, 'default')
    return `${label(name, property)}: ${valueInWords(value, property)}`
  })
}

function label(name: string, property: TSchema): string {
  const description = optionOf(property, 'description')
  if (typeof description === 'string') return description.replace(/[.:]\s*$/, '')
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function valueInWords(value: unknown, property: TSchema): string {
  if (value === undefined) return 'not limited'
  if (value === true) return 'yes'
  if (value === false) return 'no'
  if (!Array.isArray(value)) return memberInWords(value, property)
  if (value.length === 0 || hasAllChoices(value, property)) return 'all'
  return value.map((member: unknown) => memberInWords(member, property)).join(', ')
}

function hasAllChoices(value: readonly unknown[], property: TSchema): boolean {
  const choices = wordsOf(property)
  const names = choices === null ? [] : Object.keys(choices)
  return names.length > 0 && names.every((name) => value.includes(name))
}

/** Choices of the collector in its own words; what someone else wrote stands in quotation marks. */
function memberInWords(value: unknown, property: TSchema): string {
  const choices = wordsOf(property)
  if (typeof value === 'string') {
    const words = choices !== null && Object.hasOwn(choices, value) ? choices[value] : undefined
    return typeof words === 'string' ? words : quoted(value, 1_024)
  }
  const unit = optionOf(property, 'unit')
  if (typeof value !== 'number' || typeof unit !== 'string') return plainText(JSON.stringify(value), 1_024)
  return numberInWords(value, unit)
}

function numberInWords(value: number, unit: string): string {
  if (unit === 'ms') return counted(value / 1_000, 'seconds')
  if (unit !== 'minutes') return counted(value, unit)
  return value >= MINUTES_OF_DAY && value % MINUTES_OF_DAY === 0
    ? counted(value / MINUTES_OF_DAY, 'days')
    : durationInWords(value * 60_000)
}

function counted(count: number, unit: string): string {
  return `${count} ${count === 1 ? unit.replace(/s$/, '') : unit}`
}

function wordsOf(property: TSchema): Values | null {
  const words = optionOf(property, 'words')
  // An object among the annotations of our own schemas.
  return typeof words === 'object' && words !== null ? (words as Values) : null
}

function optionOf(schema: TSchema, name: 'default' | 'description' | 'words' | 'unit'): unknown {
  // JSON Schema annotations that typebox does not type are plain properties of the schema object.
  return (schema as unknown as Values)[name]
}
