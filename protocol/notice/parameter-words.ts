import type { NoticeWords, ParameterTranslation } from '../languages/language.ts'
import { durationInWords } from './duration-words.ts'
import { counted, noticeWords } from './languages.ts'
import { plainText, quoted } from './plain-text.ts'

type Values = Readonly<Record<string, unknown>>

/** In which words parameters are said. */
export interface ParameterLanguage {
  readonly words: NoticeWords
  /** By parameter; what is missing here is said as the schema says it. */
  readonly translated?: Readonly<Record<string, ParameterTranslation>> | undefined
}

const MINUTES_OF_DAY = 1_440
/** Most parameters that are shown; the schema may be one that somebody else announced. */
const MAX_PARAMETERS = 64
const MAX_WORDS = 200
const ENGLISH: ParameterLanguage = { words: noticeWords('en') }

/**
 * The parameters in words, one line each. Three annotations of a parameter's schema help: `description` names it (else
 * its own name in small words), `words` says its choices in plain words, `unit` says what its number counts. A parameter
 * that the request leaves out is shown with the collector's default.
 *
 * @param schema JSON Schema of an object; other values than objects among its properties are passed over
 */
export function parametersInWords(
  schema: { readonly properties?: unknown },
  params: Values,
  language: ParameterLanguage = ENGLISH,
): string[] {
  const properties = isValues(schema.properties) ? Object.entries(schema.properties) : []
  return properties.slice(0, MAX_PARAMETERS).flatMap(([name, property]) => {
    if (!isValues(property)) return []
    const translated = language.translated?.[name]
    const said = { property, words: language.words, choices: translated?.words ?? wordsOf(property) }
    const value = Object.hasOwn(params, name) && params[name] !== undefined ? params[name] : property.default
    return [`${label(name, property, translated)}: ${valueInWords(value, said)}`]
  })
}

interface Said {
  readonly property: Values
  readonly words: NoticeWords
  readonly choices: Values | null
}

function label(name: string, { description }: Values, translated: ParameterTranslation | undefined): string {
  const said = translated?.description ?? description
  if (typeof said === 'string') return plainText(said, MAX_WORDS).replace(/[.:]\s*$/, '')
  const words = plainText(name, MAX_WORDS).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function valueInWords(value: unknown, said: Said): string {
  const { words } = said
  if (value === undefined) return words['value.unlimited']
  if (value === true) return words['value.yes']
  if (value === false) return words['value.no']
  if (!Array.isArray(value)) return memberInWords(value, said)
  if (value.length === 0 || hasAllChoices(value, said)) return words['value.all']
  return value.map((member: unknown) => memberInWords(member, said)).join(', ')
}

function hasAllChoices(value: readonly unknown[], { choices }: Said): boolean {
  const names = choices === null ? [] : Object.keys(choices)
  return names.length > 0 && names.every((name) => value.includes(name))
}

/** Choices of the collector in its own words; what someone else wrote stands in quotation marks. */
function memberInWords(value: unknown, { property, words, choices }: Said): string {
  if (typeof value === 'string') {
    const own = choices !== null && Object.hasOwn(choices, value) ? choices[value] : undefined
    return typeof own === 'string' ? plainText(own, MAX_WORDS) : quoted(value, 1_024)
  }
  if (typeof value !== 'number' || typeof property.unit !== 'string')
    return plainText(JSON.stringify(value) ?? '', 1_024)
  return numberInWords(value, property.unit, words)
}

function numberInWords(value: number, unit: string, words: NoticeWords): string {
  if (unit === 'ms') return counted(value / 1_000, 'seconds', words)
  if (unit === 'days') return counted(value, 'days', words)
  if (unit !== 'minutes') return `${value} ${plainText(unit, MAX_WORDS)}`
  return value >= MINUTES_OF_DAY && value % MINUTES_OF_DAY === 0
    ? counted(value / MINUTES_OF_DAY, 'days', words)
    : durationInWords(value * 60_000, words)
}

function wordsOf({ words }: Values): Values | null {
  return isValues(words) ? words : null
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
