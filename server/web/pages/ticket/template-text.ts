/** Puts values into the {places} of a template; a place that is unknown stays, so that its writer sees it. */
export function filledTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\{([a-z]+)\}/g,
    (place, name: string) => (Object.hasOwn(values, name) ? values[name] : undefined) ?? place,
  )
}

/** A draft with a template: below what was written already. */
export function withTemplate(draft: string, template: string): string {
  return draft.trim() === '' ? template : `${draft.trimEnd()}\n\n${template}`
}
