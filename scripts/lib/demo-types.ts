/** What the demo reads of the API's replies; the full shapes stand in /api/openapi.json. */
export interface Reply<Item> {
  readonly items: readonly Item[]
}
export interface Device {
  readonly id: string
  readonly online: boolean
}
export interface Request {
  readonly id: string
  readonly state: string
  readonly matchCode: string
  readonly grant: { readonly grantId: string; readonly collectors: readonly { readonly id: string }[] } | null
}
export interface Run {
  readonly collector: string
  readonly state: string
  readonly rows: number
  readonly rawBytes: number
  readonly indexedRows: number
  readonly orderedAt: string
  readonly firstRowAt: string | null
  readonly endedAt: string | null
  readonly completeness: { readonly reason?: string } | null
}
export interface Finding {
  readonly content: {
    readonly rule: string
    readonly severity: string
    readonly subject: string
    readonly statement: string
  }
}
export interface Entry {
  readonly seq: number
}
