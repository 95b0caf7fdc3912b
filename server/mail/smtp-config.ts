import { readFile } from 'node:fs/promises'
import type { ServerConfig } from '../config.ts'
import { mailboxOf } from './mailbox.ts'
import type { MailTransport } from './smtp.ts'
import { createSmtp } from './smtp.ts'

/** The configured mail server; null where none is. The password is read once, at the start. */
export async function smtpOf(config: ServerConfig): Promise<MailTransport | null> {
  const { smtpHost: host, smtpPort: port, smtpTls: tls, smtpUser: user, smtpPasswordFile: file } = config
  const from = mailboxOf(config.mailFrom ?? '')
  if (host === null || from === null) return null
  const login = user === null || file === null ? null : { user, password: firstLine(await readFile(file, 'utf8')) }
  return createSmtp({ host, port, tls, from, login })
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}
