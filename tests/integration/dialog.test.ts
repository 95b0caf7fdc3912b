import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { DialogWords } from '@askfirst/agent/ui/open/dialog.ts'
import { askByDialog } from '@askfirst/agent/ui/open/dialog.ts'
import { programStarter } from '@askfirst/agent/ui/open/start-program.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/kill/world.ts'

const NEEDED = ['/usr/bin/zenity', '/usr/bin/Xvfb', '/usr/bin/xdotool']
const missing = NEEDED.filter((file) => !existsSync(file))
if (missing.length > 0 && process.env.CI === 'true') throw new Error(`${missing} is needed when CI=true`)
if (missing.length > 0) process.stderr.write(`Skipped: the dialog on a real screen, because there is no ${missing}\n`)

const WORDS: DialogWords = {
  title: 'Somebody asks & <b>wants</b>',
  text: Array.from({ length: 120 }, (_, at) => `Line ${at} of a long notice & <b>`).join('\n'),
  ...{ direction: 'ltr', timeoutS: 20 },
  ...{ deny: 'Do not allow', later: 'Not now', review: 'Allow, and look first', allow: 'Allow it' },
}
/** An answer that comes sooner counts as none. */
const READING_MS = 1_200

describe.skipIf(missing.length > 0)('the dialog of zenity on a screen of 1024 x 768', () => {
  let screen: ReturnType<typeof spawn>
  let environment: Record<string, string>
  beforeAll(async () => {
    screen = spawn('/usr/bin/Xvfb', ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    const said = screen.stdio[3]
    if (said === null || said === undefined || !('read' in said)) throw new Error('Xvfb has no pipe for its number')
    const [display] = await once(createInterface({ input: said }), 'line')
    environment = { DISPLAY: `:${display}`, PATH: '/usr/bin:/bin', HOME: '/nonexistent', LANG: 'C.UTF-8' }
  })
  afterAll(async () => {
    const ended = once(screen, 'exit')
    screen.kill()
    await ended
  })

  const xdotool = (...args: readonly string[]) =>
    spawnSync('/usr/bin/xdotool', [...args], { env: environment, encoding: 'utf8' }).stdout.trim()

  /** Shows the dialog, waits until it could have been read, and acts on it. */
  async function answeredBy(act: () => void, words = WORDS) {
    const answer = askByDialog({ platform: 'linux' }, programStarter(environment), words)
    const window = await until('the dialog is on the screen', async () => {
      const found = xdotool('search', '--onlyvisible', '--name', 'Somebody asks').split('\n')[0]
      return found === undefined || found === '' ? null : found
    })
    expect(xdotool('getwindowname', window)).toBe(WORDS.title)
    const [, height = ''] = /Geometry: \d+x(\d+)/.exec(xdotool('getwindowgeometry', window)) ?? []
    expect(Number(height)).toBeLessThan(768)
    await new Promise((resolve) => setTimeout(resolve, READING_MS))
    act()
    return answer
  }
  const key =
    (...keys: readonly string[]) =>
    () =>
      void xdotool('key', '--delay', '100', ...keys)

  it('takes Enter for no, since that is its default', async () => {
    expect(await answeredBy(key('Return'))).toBe('deny')
  })

  it('takes Escape, which closes it, for not now: it is no answer, and the person is asked again', async () => {
    expect(await answeredBy(key('Escape'))).toBe('later')
  })

  it('takes a time that runs out for no answer', async () => {
    expect(await answeredBy(() => undefined, { ...WORDS, timeoutS: 4 })).toBe('none')
  })

  it('offers not now, allow with a look first, and allow, by keys alone', async () => {
    // Ctrl+Tab leaves the text; the buttons stand in this order.
    const answers: string[] = []
    for (let tabs = 1; tabs <= 4; tabs += 1) {
      const steps = Array.from({ length: tabs - 1 }, () => 'Tab')
      answers.push(await answeredBy(key('ctrl+Tab', ...steps, 'space')))
    }
    expect(answers).toEqual(['later', 'deny', 'review', 'allow'])
  })
})
