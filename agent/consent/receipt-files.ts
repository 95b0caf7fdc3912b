import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './durable-file.ts'

/** The person's own copies of all signed records: one file each, named by the receipt's, grant's, report's or statement's id. */
export interface ReceiptFiles {
  keep(id: string, jws: string): void
  read(id: string): string | null
  /** Ids with their JWS, oldest first (ids sort by time). */
  all(): readonly { readonly id: string; readonly jws: string }[]
}

const NAME = /^((?:rcp|gra|rep|stm)_[0-9a-z]{26})\.jws$/

export function openReceiptFiles(dataDir: string): ReceiptFiles {
  const folder = join(dataDir, 'receipts')
  const pathOf = (id: string) => join(folder, `${id}.jws`)
  return {
    keep: (id, jws) => replaceFile(pathOf(id), jws),
    read: (id) => (NAME.test(`${id}.jws`) && existsSync(pathOf(id)) ? readFileSync(pathOf(id), 'utf8') : null),
    all() {
      if (!existsSync(folder)) return []
      const ids = readdirSync(folder).flatMap((name) => NAME.exec(name)?.[1] ?? [])
      return ids
        .sort((a, b) => (a.slice(4) < b.slice(4) ? -1 : 1))
        .map((id) => ({ id, jws: readFileSync(pathOf(id), 'utf8') }))
    },
  }
}
