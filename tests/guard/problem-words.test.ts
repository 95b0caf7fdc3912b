import { LOCAL_CODES } from '@askfirst/agent/local/local-codes.ts'
import { problemText } from '@askfirst/agent/ui/problem-words.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'
import { wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { describe, expect, it } from 'vitest'
import { PageWorld } from '../support/page-world.ts'
import { repositoryFiles, textOf } from '../support/repository.ts'

/** The agent's parts that a command of the local channel reaches, and both ends of the channel. */
const REACHED = /^agent\/(local|consent|history|policy|runs|spool)\/.*\.ts$/

describe('what the agent can answer to a page', () => {
  const sources = repositoryFiles().filter((name) => REACHED.test(name))

  it('has a code of the list, whatever part throws it', () => {
    const thrown = sources.flatMap((name) =>
      [...textOf(name).matchAll(/AskFirstError\(\s*'([A-Z_]+)'/g)].map(([, code = '']) => code),
    )
    expect(thrown.length).toBeGreaterThan(20)
    expect(thrown.filter((code) => !LOCAL_CODES.some((known) => known === code))).toEqual([])
  })

  it('is chosen in code in two places only: an ended permission, and what came over the channel', () => {
    const chosen = sources.filter((name) => /new AskFirstError\(\s*[^'\s]/.test(textOf(name)))
    expect(chosen).toEqual(['agent/consent/held-requests.ts', 'agent/local/local-caller.ts'])
  })
})

describe('a problem on a page', () => {
  it.each(LOCAL_CODES)('%s is said in German, and in English words only in the log', async (code) => {
    const world = new PageWorld(null, 'de')
    await world.server.open()
    const browser = await world.browser()
    const technical = `Technical words for ${code} of crq_00000000000000000000000000.`
    world.fail({ code, message: technical })
    const { body } = await world.get(browser, '/record')
    await world.close()
    expect(body).toContain('<h1>Das hat nicht geklappt</h1>')
    expect(body).toContain(wordsOf('de').pages[problemText(code)])
    expect(body).not.toContain('Technical words')
    expect(world.logged).toEqual(code === 'LOCAL_AUTH_FAILED' ? [] : [technical])
  })

  it('of a code that the channel cannot answer is a fault of the program', () => {
    // The table's keys are its codes.
    const codes = Object.keys(ERRORS) as ErrorCode[]
    const others = codes.filter((code) => !LOCAL_CODES.some((known) => known === code))
    expect(new Set(others.map(problemText))).toEqual(new Set(['problem.internal']))
  })
})
