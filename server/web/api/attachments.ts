import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'
import type { Page } from './types.ts'

/** A file that the person added to a ticket. */
export interface AttachmentView {
  readonly id: string
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
  readonly state: 'wanted' | 'complete' | 'refused' | 'deleted'
}

export const attachmentsKey = (ticketId: string) => ['attachments', ticketId] as const

/** Files of a ticket with how far they got. */
export function useAttachments(ticketId: string) {
  return useQuery({
    queryKey: attachmentsKey(ticketId),
    queryFn: async ({ signal }) =>
      (await apiGet<Page<AttachmentView>>(`/api/tickets/${ticketId}/attachments`, {}, signal)).items,
  })
}

/** Address of a file's bytes. */
export function contentOf(attachmentId: string): string {
  return `/api/attachments/${attachmentId}/content`
}
