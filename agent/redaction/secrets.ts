export interface Redacted {
  readonly text: string
  readonly count: number
}

export function redactSecrets(text: string): Redacted {
  let count = 0
  const out = text.replace(/\b(password|passwd|pwd|token|secret|api_?key)(\s*[=:]\s*)([^\s"'&;,]+)/gi, (_all, key, sep) => {
    count += 1
    return `${key}${sep}[secret]`
  })
  return { text: out, count }
}
