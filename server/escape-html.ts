/** Control characters but tab and line ends, and marks that change the direction of the text after them. */
const MISLEADING = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/gu

/** Makes a text safe inside HTML elements and quoted attributes; what would only mislead the eye becomes U+FFFD. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(MISLEADING, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
