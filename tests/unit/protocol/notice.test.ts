import { COLLECTORS, catalogueEntries } from '@askfirst/agent/collectors/index.ts'
import { counted, fill, LANGUAGES, noticeWords } from '@askfirst/protocol/notice/languages.ts'
import { makeNotice } from '@askfirst/protocol/notice/notice.ts'
import { noticeText } from '@askfirst/protocol/notice/notice-text.ts'
import { describe, expect, it } from 'vitest'
import { BookOnDisk } from '../agent/consent/consent-fixture.ts'

const places = (text: string) => [...text.matchAll(/\{[a-zA-Z]+\}/g)].map(([place]) => place).toSorted()
type Plain = { readonly properties?: Readonly<Record<string, { readonly words?: object }>> }

describe('the words of a notice', () => {
  it.each(LANGUAGES)('[C19] exist in %s for every key, with the same places', (language) => {
    const [own, english] = [noticeWords(language), noticeWords('en')]
    expect(Object.keys(own)).toEqual(Object.keys(english))
    for (const key of Object.keys(english) as (keyof typeof english)[]) {
      expect(places(own[key]), key).toEqual(places(english[key]))
      expect(own[key].trim(), key).not.toBe('')
    }
  })

  it.each(LANGUAGES.filter((language) => language !== 'en'))(
    '[C19] exist in %s for every collector, each of its parameters and choices',
    (language) => {
      for (const entry of catalogueEntries(COLLECTORS, 'linux', () => true)) {
        const words = entry.translations?.[language]
        expect(words?.tellUser, entry.id).toMatch(/^[A-ZÄÖÜ].*\.$/)
        const properties = (entry.params as Plain).properties ?? {}
        expect(Object.keys(words?.params ?? {}), entry.id).toEqual(Object.keys(properties))
        for (const [name, schema] of Object.entries(properties)) {
          const choices = Object.keys(words?.params?.[name]?.words ?? {})
          expect(choices, `${entry.id} ${name}`).toEqual(Object.keys(schema.words ?? {}))
        }
      }
    },
  )

  it('take values as they are, also such as look like places', () => {
    expect(fill('{a} and {b} and {c}', { a: '{b}', b: 1 })).toBe('{b} and 1 and {c}')
    expect(counted(1, 'days', noticeWords('de'))).toBe('1 Tag')
    expect(counted(2, 'days', noticeWords('de'))).toBe('2 Tage')
  })
})

describe('a notice', () => {
  it('[C19] is the same from the words that an agent announces as from its own, in every language', async () => {
    const disk = new BookOnDisk()
    const asked = COLLECTORS.map(({ id }) => ({ id, params: {} }))
    const request = disk.request({ collectors: asked })
    disk.dispose()
    const announced = new Map(
      catalogueEntries(COLLECTORS, 'linux', () => true)
        .map((entry): typeof entry => JSON.parse(JSON.stringify(entry)))
        .map((entry) => [entry.id, entry]),
    )
    for (const language of LANGUAGES) {
      const input = {
        request,
        language,
        timeZone: 'UTC',
        matchCode: 'ABCD',
        longestMs: 60_000,
        personalData: 'keep',
      } as const
      const notice = makeNotice({ ...input, mustReview: true, describe: (id) => announced.get(id) })
      expect(notice.sections.map(({ id }) => id)).toEqual([
        ...['intro', 'who', 'ticket', 'match', 'collectors', 'duration', 'handling', 'control'],
      ])
      const items = notice.sections.flatMap((section) => section.items)
      expect(items.map(({ collector }) => collector)).toEqual(COLLECTORS.map(({ id }) => id))
      expect(noticeText(notice)).toContain('ABCD')
      if (language === 'de') expect(noticeText(notice)).not.toMatch(/\b(Reads|Lists|Goes to|not limited|yes)\b/)
    }
  })
})
