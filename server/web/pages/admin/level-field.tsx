import { SelectField } from '../../ui/field.tsx'

/** Up to which level a technician takes tickets. */
export function LevelField({ level }: { readonly level: number | null }) {
  return (
    <SelectField
      label="Takes tickets"
      name="supportLevel"
      defaultValue={String(level ?? '')}
      hint="For technicians. Leads and admins take tickets of any level."
    >
      <option value="">of any level</option>
      <option value="1">of level 1</option>
      <option value="2">up to level 2</option>
      <option value="3">up to level 3</option>
    </SelectField>
  )
}

/** What the field says. */
export function levelOf(value: unknown): number | null {
  return value === '' || value === undefined ? null : Number(value)
}
