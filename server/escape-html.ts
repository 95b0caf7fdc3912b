/** Control characters but tab and line ends, and marks that change the direction of the text after them. */
const MISLEADING = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/gu

/** A text with U+FFFD in the place of what would only mislead the eye. */
export function withoutMisleading(text: string): string {
  return text.replaceAll(MISLEADING, '\ufffd')
}

/** Makes a text safe inside HTML elements and quoted attributes; what would only mislead the eye becomes U+FFFD. */
export function escapeHtml(text: string): string {
  return withoutMisleading(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
