import { readFile } from 'node:fs/promises'
import type { Pins } from './verify-bundle.ts'
import { verifyBundle } from './verify-bundle.ts'
import type { VerifyReport } from './verify-report.ts'

/** Reads a bundle from a file and verifies it. @throws the file system's error when the file cannot be read */
export async function verifyFile(file: string, pins: Pins): Promise<VerifyReport> {
  return verifyBundle(await readFile(file), pins)
}

/** The report in words, for a terminal. */
export function describeReport(file: string, report: VerifyReport): string {
  const facts = `${report.entries} log entries, ${report.receipts} receipts, ${report.runs} runs, ${report.chunks} chunks, ${report.rows} rows, ${report.statements} statements, ${report.files} files`
  if (report.ok) {
    return [
      `${file} is whole: ${facts}.`,
      ...agedOutLines(report),
      ...erasedLines(report),
      `Ticket:    ${report.ticketId ?? ''}`,
      `Log key:   ${report.logKey ?? ''}`,
      `Authority: ${report.authoritySha256 ?? ''}`,
      'Compare both keys with what the owner of the server publishes: whoever makes all keys can make a whole file.',
      '',
    ].join('\n')
  }
  const first =
    report.firstWrongEntry === null ? '' : ` The first wrong entry of the log is number ${report.firstWrongEntry}.`
  return [`${file} does NOT verify.${first}`, ...report.problems.slice(0, 20).map(({ text }) => `- ${text}`), ''].join(
    '\n',
  )
}

/** What cannot be checked any more is said, not passed over. */
function agedOutLines({ agedOut: { chunks, files } }: VerifyReport): readonly string[] {
  if (chunks + files === 0) return []
  return [
    `Of these, ${chunks} chunks and ${files} files were deleted after their time, says the log; their digests are in it still.`,
  ]
}

function erasedLines({ erased: { entries, chunks, files } }: VerifyReport): readonly string[] {
  if (entries + chunks + files === 0) return []
  return [
    `A person's data was erased, says the log: the words of ${entries} entries, ${chunks} chunks and ${files} files. Their hashes are in it still.`,
  ]
}
