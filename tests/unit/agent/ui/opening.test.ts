import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AUTOSTART_SYSTEMS, autostartFile, installAutostart, startCommand } from '@askfirst/agent/ui/autostart.ts'
import { desktopSession } from '@askfirst/agent/ui/config.ts'
import { waysToOpen } from '@askfirst/agent/ui/open/browsers.ts'
import type { DialogWords } from '@askfirst/agent/ui/open/dialog.ts'
import { dialogAnswer, dialogProgram } from '@askfirst/agent/ui/open/dialog.ts'
import { openInBrowser } from '@askfirst/agent/ui/open/open-page.ts'
import type { DesktopProgram, ProgramStarter } from '@askfirst/agent/ui/open/start-program.ts'
import { languageOf } from '@askfirst/agent/ui/texts.ts'
import { describe, expect, it } from 'vitest'

const EVIL = `"; rm -rf ~ $(id) \`id\` 'x' %f & <b>`
const WORDS: DialogWords = {
  ...{ title: 'Who asks', text: EVIL, direction: 'ltr', timeoutS: 60 },
  ...{ deny: 'Do not allow', later: 'Not now', review: 'Allow, and look first', allow: 'Allow it' },
}
const COMMAND = ['/opt/my agent/node', '/opt/my agent/askfirst-agent.mjs', 'ui', '--background'] as const

describe('starting with the desktop', () => {
  it('starts what was started, wherever it lies, and by a link the file behind it', () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'askfirst-start-')))
    const program = join(folder, 'askfirst-agent.js')
    writeFileSync(program, '')
    symlinkSync(program, join(folder, 'link'))
    const node = process.execPath
    expect(startCommand({ node, program: join(folder, 'link') })).toEqual([node, program, 'ui', '--background'])
    expect(startCommand({ node, program: node })).toEqual([node, 'ui', '--background'])
    expect(startCommand({ node, data: 'here' })).toEqual([
      node,
      'ui',
      '--background',
      '--data',
      join(process.cwd(), 'here'),
    ])
    rmSync(folder, { recursive: true })
  })

  it.each(AUTOSTART_SYSTEMS)('is written for %s as it was read and agreed', async (system) => {
    await expect(autostartFile(system, COMMAND)).toMatchFileSnapshot(
      `../../../fixtures/autostart/${system === 'linux' ? 'askfirst.desktop' : `${system}.xml`}`,
    )
  })

  it('cannot be broken out of by a path', () => {
    for (const system of AUTOSTART_SYSTEMS) {
      const text = autostartFile(system, ['/opt/a"b<c>&$x', 'ui'])
      if (system === 'linux') expect(text.split('\n').filter((line) => line.startsWith('Exec='))).toHaveLength(1)
      else expect(text).not.toContain('<c>')
    }
  })

  it('is installed for this person alone', () => {
    const home = mkdtempSync(join(tmpdir(), 'askfirst-home-'))
    const folders = { autostart: join(home, 'autostart'), home }
    expect(readFileSync(installAutostart('linux', COMMAND, folders), 'utf8')).toBe(autostartFile('linux', COMMAND))
    expect(readFileSync(installAutostart('darwin', COMMAND, folders), 'utf8')).toBe(autostartFile('darwin', COMMAND))
    expect(() => installAutostart('win32', COMMAND, folders)).toThrow('--print-autostart win32')
    rmSync(home, { recursive: true })
  })
})

const decoded = (text: string) => Buffer.from(text, 'base64').toString('utf16le')

describe('the dialog where no browser opens', () => {
  it.each(['linux', 'darwin', 'win32'] as const)(
    'is on %s as it was read and agreed, its texts as data',
    async (platform) => {
      const { file, args, input, environment } = dialogProgram(platform, WORDS)
      const shown = args.map((arg, at) => (args[at - 1] === '-EncodedCommand' ? decoded(arg) : arg))
      const parts = [file, ...shown, `environment ${JSON.stringify(environment ?? {})}`, `input ${input ?? ''}`]
      await expect(`${parts.join('\n')}\n`).toMatchFileSnapshot(`../../../fixtures/dialogs/${platform}.txt`)
      const script = platform === 'darwin' ? args.filter((_, at) => args[at - 1] === '-e').join('\n') : shown.at(-1)
      expect(script).not.toContain('rm -rf')
    },
  )

  it('answers with a choice only when it says so; a closed window, a time that ran out and a fault are no answer', () => {
    const cases = [
      ['linux', { exitCode: 10 }, 'deny'],
      ['linux', { exitCode: 11 }, 'later'],
      ['linux', { exitCode: 12, out: 'Allow, and look first\n' }, 'review'],
      ['linux', { exitCode: 12, out: 'Allow it\n' }, 'allow'],
      ['linux', { exitCode: 12 }, 'later'],
      ['linux', { exitCode: 12, out: 'Allow' }, 'none'],
      ['linux', { exitCode: 13 }, 'none'],
      ['linux', { exitCode: 0, out: 'Allow it\n' }, 'none'],
      ['linux', { exitCode: 1, err: 'Gtk-WARNING **: cannot open display: ' }, 'none'],
      ['linux', { exitCode: 255 }, 'none'],
      ['linux', { exitCode: 10, ranMs: 999 }, 'none'],
      ['linux', { exitCode: 12, out: 'Allow it\n', ranMs: 999 }, 'none'],
      ['darwin', { exitCode: 0, out: 'allow\n' }, 'allow'],
      ['darwin', { exitCode: 0, out: 'review\n' }, 'review'],
      ['darwin', { exitCode: 0, out: 'later\n' }, 'later'],
      ['darwin', { exitCode: 0, out: 'deny\n' }, 'deny'],
      ['darwin', { exitCode: 0, out: 'none\n' }, 'none'],
      ['darwin', { exitCode: 1, err: 'execution error: User canceled. (-128)' }, 'none'],
      ['darwin', { exitCode: 1, err: 'execution error: no user interaction allowed. (-1713)' }, 'none'],
      ['win32', { exitCode: 0, out: 'allow\r\n' }, 'allow'],
      ['win32', { exitCode: 0, out: 'review\r\n' }, 'review'],
      ['win32', { exitCode: 0, out: 'later\r\n' }, 'later'],
      ['win32', { exitCode: 0, out: 'deny' }, 'deny'],
      ['win32', { exitCode: 0, out: 'none' }, 'none'],
      ['win32', { exitCode: 1, out: '', err: 'Add-Type' }, 'none'],
    ] as const
    for (const [platform, ended, expected] of cases) {
      const whole = { out: '', err: '', ranMs: 1_000, ...ended }
      expect(dialogAnswer(platform, whole, WORDS), JSON.stringify([platform, ended])).toBe(expected)
    }
    expect(dialogAnswer('linux', null, WORDS)).toBe('none')
  })
})

describe('opening a page', () => {
  it('[C23] puts no secret on a command line: the browser gets a file that only this account can read', async () => {
    const runtimeDir = mkdtempSync(join(tmpdir(), 'askfirst-run-'))
    const session = { ...desktopSession({ DISPLAY: ':0', PATH: '/usr/bin' }, 'linux'), runtimeDir }
    const started: DesktopProgram[] = []
    let used = () => undefined as unknown
    const starter: ProgramStarter = {
      async start(program) {
        started.push(program)
        const file = decodeURIComponent(program.args.join(' ').replace(/^--app=file:\/\//, ''))
        expect(statSync(file).mode & 0o777).toBe(0o600)
        expect(readFileSync(file, 'utf8')).toContain('token=secret')
        used()
        return true
      },
      run: async () => null,
    }
    const link = 'http://127.0.0.1:1/open?token=secret'
    const opened = await openInBrowser(session, starter, (onUsed) => {
      used = onUsed
      return link
    })
    expect(opened).toBe(true)
    expect(JSON.stringify(started)).not.toContain('secret')
    const file = decodeURIComponent(started[0]?.args.join(' ').replace(/^--app=file:\/\//, '') ?? '')
    expect(existsSync(file)).toBe(false)
    rmSync(runtimeDir, { recursive: true })
  })

  it('opens nothing without a screen', async () => {
    const session = desktopSession({ PATH: '/usr/bin' }, 'linux')
    const starter: ProgramStarter = { start: async () => expect.fail('started'), run: async () => null }
    expect(await openInBrowser(session, starter, () => expect.fail('made a link'))).toBe(false)
  })

  it.each([
    ['linux', ['/usr/bin/chromium'], '--app=file:///run/a%20b/p.html', '/usr/bin/xdg-open'],
    [
      'darwin',
      ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
      '--app=file:///run/a%20b/p.html',
      '/usr/bin/open',
    ],
    ['win32', [], 'url.dll,FileProtocolHandler', 'rundll32.exe'],
  ] as const)('knows the ways of %s, a window of its own first', (platform, there, first, last) => {
    const ways = waysToOpen('/run/a b/p.html', { platform, windowsFolders: [] }, (path) =>
      (there as readonly string[]).includes(path),
    )
    expect(ways[0]?.args[0]).toBe(first)
    expect(ways.at(-1)?.file).toBe(last)
  })

  it('hands programs of the desktop no more of the environment than they need', () => {
    const { environment } = desktopSession({ PATH: '/usr/bin', AWS_SECRET: 'x', NODE_OPTIONS: '--inspect', LANG: 'de' })
    expect(environment).toEqual({ PATH: '/usr/bin', LANG: 'de' })
  })

  it('speaks the first language of the person that it knows', () => {
    expect(languageOf(['', 'fr_FR.UTF-8', 'de_AT.UTF-8', 'en'])).toBe('de')
    expect(languageOf(['pt-BR', 'C'])).toBe('en')
    expect(languageOf(['en_GB'])).toBe('en')
  })
})
