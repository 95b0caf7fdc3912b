import type { Grade } from '../api/types.ts'
import { GRADES } from '../api/types.ts'
import { SelectField } from './field.tsx'

/** A choice of impact or urgency. */
export function GradeField({
  label,
  grade,
  words,
  onChange,
}: {
  readonly label: string
  readonly grade: Grade
  readonly words: Readonly<Record<Grade, string>>
  readonly onChange: (grade: Grade) => void
}) {
  return (
    // The options below are the grades.
    <SelectField label={label} value={grade} onChange={({ target }) => onChange(target.value as Grade)}>
      {GRADES.map((each) => (
        <option key={each} value={each}>
          {words[each]}
        </option>
      ))}
    </SelectField>
  )
}
