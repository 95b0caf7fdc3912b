import type { CollectorTranslations } from '@askfirst/agent/collectors/index.ts'
import { COLLECTORS } from '@askfirst/agent/collectors/index.ts'
import { dialogWords } from '@askfirst/agent/ui/open/dialog-words.ts'
import { languageOf } from '@askfirst/agent/ui/texts.ts'
import { de } from '@askfirst/protocol/languages/de.ts'
import { en } from '@askfirst/protocol/languages/en.ts'
import type { TranslatedLanguage } from '@askfirst/protocol/languages/language.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Browser } from '../support/page-world.ts'
import { hiddenOf, PageWorld } from '../support/page-world.ts'
import { PSEUDO, pseudo, pseudoCollectors } from '../support/pseudo-language.ts'
import { repositoryFiles, textOf } from '../support/repository.ts'

/** One file more and one line more in the index: nothing else of the program is touched. */
vi.mock('@askfirst/protocol/languages/index.ts', async (original) => {
  const { pseudoLanguage } = await import('../support/pseudo-language.ts')
  return { ...(await original<object>()), yi: pseudoLanguage() }
})

// The types do not know of what was put in.
const language = PSEUDO as Language
const words = () => wordsOf(language) as TranslatedLanguage

let world: PageWorld
let browser: Browser
beforeAll(async () => {
  Object.assign(words().collectors, pseudoCollectors(COLLECTORS))
  world = new PageWorld(null, language)
  await world.server.open()
  browser = await world.browser()
})
afterAll(() => world.close())

/** What a person reads of a page. */
const visible = (body: string) =>
  body
    .replaceAll(/<[^>]+>/g, '\n')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')

/** Pieces of English that no page in another language may show; what is as short as a unit is not looked for. */
const ENGLISH = [...Object.values(en.pages), ...Object.values(en.notice)]
  .flatMap((text) => text.split(/\{[a-zA-Z]+\}/))
  .map((piece) => piece.trim())
  .filter((piece) => piece.length > 6)

function expectNoEnglish(text: string) {
  expect(ENGLISH.filter((piece) => text.includes(piece))).toEqual([])
}

async function page(path: string): Promise<string> {
  const { body } = await world.get(browser, path)
  expect(body).toContain(`<html lang="${PSEUDO}" dir="rtl">`)
  expectNoEnglish(visible(body))
  world.nowMs += 5_000
  return body
}

describe('a language that is one file and one line of the index', () => {
  it('is offered by its own name, and taken from the languages of the computer', async () => {
    expect(LANGUAGES).toEqual(['en', 'de', PSEUDO])
    expect(languageOf(['yi_XX.UTF-8', 'de'])).toBe(PSEUDO)
    const english = new PageWorld()
    await english.server.open()
    const { body } = await english.get(await english.browser(), '/')
    await english.close()
    expect(body).toContain(`lang="${PSEUDO}" dir="rtl">${pseudo('Pseudo')}</button>`)
    expect(body).toContain('>Deutsch</button>')
  })

  it('is what the pages are in while nothing goes on', async () => {
    for (const path of ['/', '/session', '/record', '/?still=1', '/nothing-here']) await page(path)
    const closed = await world.send('GET', '/open?token=x', {})
    expect(closed.body).toContain(words().pages['closed.title'])
  })

  it('[C19] says all of the notice, the collectors in it as well, and all of the dialog', async () => {
    const { requestId } = await world.asked()
    const shown = await world.parts.handlers['requests.show']({ requestId, language }, { osUser: 'ann', uid: 1_000 })
    expect(shown.notice.language).toBe(PSEUDO)
    expectNoEnglish(shown.text.replaceAll(/\s+/g, ' '))
    expect(shown.text.replaceAll(/\s+/g, ' ')).toContain(words().collectors['process.list']?.tellUser)
    const { timeoutS: _, text, ...said } = dialogWords(shown, language)
    expect(text).toBe(shown.text)
    expectNoEnglish(Object.values(said).join(' '))
  })

  it('is what the pages are in while something goes on: overview, request, session, review and my data', async () => {
    const { requestId } = await world.asked()
    await page('/')
    const asks = await page(`/requests/${requestId}`)
    await world.post(browser, `/requests/${requestId}/allow`, { ...hiddenOf(asks), review: 'yes' })
    await page('/session')
    world.parts.rows = [{ number: 1, json: '{"name":"init"}' }]
    await page('/')
    await page(`/reviews/${world.parts.runId}`)
    await page('/help')
    await page('/help/new')
    const { ticketId } = await world.parts.handlers['help.open'](
      { name: 'A', title: '7', hindrance: 'much', affected: 'many', files: [], language },
      { osUser: 'ann', uid: 1_000 },
    )
    await page('/help')
    for (const path of ['', '/reply', '/fixed']) await page(`/help/${ticketId}${path}`)
    await page('/record')
  })
})

describe('the catalogue of languages', () => {
  it('does not compile without a word, a text or a collector', () => {
    const { title: _title, ...notice } = de.notice
    const { 'home.title': _home, ...pages } = de.pages
    const { 'disk.space': _disk, ...collectors } = de.collectors
    // @ts-expect-error the title of the notice is missing
    const withoutWord: TranslatedLanguage = { ...de, notice }
    // @ts-expect-error the title of the overview is missing
    const withoutText: TranslatedLanguage = { ...de, pages }
    // @ts-expect-error a collector is missing
    const withoutCollector: CollectorTranslations = collectors
    const whole: CollectorTranslations = de.collectors
    expect([withoutWord, withoutText, withoutCollector, whole]).toHaveLength(4)
  })

  it('has all words of the pages: none stands in their code', () => {
    // What starts with the desktop is a file of the system, in which no page is made.
    const code = repositoryFiles().filter((name) => /^agent\/ui\/(?!autostart).*\.ts$/.test(name))
    // A tag's end and then at least two words: the name of the product alone is the same in every language.
    const own = code.flatMap((name) => textOf(name).match(/[a-z"']>\s*[A-Z][a-z]+ [a-z]+.*/g) ?? [])
    expect(own).toEqual([])
  })

  it('is the only place in the program that names a language other than English', () => {
    const others = LANGUAGES.filter((code) => !['en', PSEUDO].includes(code))
    const named = new RegExp(others.map((code) => `'${code}'|"${code}"|${wordsOf(code).name}`).join('|'))
    const sources = repositoryFiles().filter((name) => /^(agent|protocol|server)\/.*\.tsx?$/.test(name))
    const elsewhere = sources.filter((name) => !name.startsWith('protocol/languages/'))
    expect(elsewhere.filter((name) => named.test(textOf(name)))).toEqual([])
  })
})
