import type { ReactNode } from 'react'
import { useLanguages } from '../api/languages.ts'
import { SelectField } from './field.tsx'

/** A choice of the language of somebody's mails, or of none. */
export function LanguageField({
  label,
  name,
  saved,
  none,
  hint,
}: {
  readonly label: string
  readonly name: string
  readonly saved: string | null
  /** What stands for no choice. */
  readonly none: string
  readonly hint?: ReactNode
}) {
  const languages = useLanguages()
  return (
    // A choice that is not offered yet would be lost, so the field begins anew with the list.
    <SelectField key={languages.length} label={label} name={name} hint={hint} defaultValue={saved ?? ''}>
      <option value="">{none}</option>
      {languages.map((language) => (
        <option key={language.code} value={language.code} lang={language.code}>
          {language.name}
        </option>
      ))}
    </SelectField>
  )
}
