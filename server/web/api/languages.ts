import { useQuery } from '@tanstack/react-query'
import { apiGet } from './client.ts'

/** A language in which people are written to. */
interface OfferedLanguage {
  readonly code: string
  /** In itself. */
  readonly name: string
}

const NONE: readonly OfferedLanguage[] = []

/** The languages that there are words in; empty until they were read. */
export function useLanguages(): readonly OfferedLanguage[] {
  const { data } = useQuery({
    queryKey: ['languages'],
    queryFn: async ({ signal }) =>
      (await apiGet<{ readonly items: readonly OfferedLanguage[] }>('/api/languages', {}, signal)).items,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data ?? NONE
}

/** Name of a language in itself; its code until the names were read. */
export function useLanguageName(): (code: string) => string {
  const languages = useLanguages()
  return (code) => languages.find((language) => language.code === code)?.name ?? code
}
