import type { User } from '@askfirst/server/store/entities.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { axeViolations, picture } from '../support/browser/look.ts'
import { events, finishedRun } from '../support/browser/run-scene.ts'
import { focusProblems, forcedColourProblems, layoutProblems, motionProblems } from '../support/browser/sturdy.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { textOf } from '../support/repository.ts'

const program = findShell()
const PATIENCE_MS = 240_000
/** 1280 px at 200 %. */
const ZOOMED_PX = 640
const WIDE_PX = 1_280

/** Every page that there is: a new one is checked without a word here, or says what its address needs. */
const pathsIn = (file: string, pattern: RegExp) => [...textOf(file).matchAll(pattern)].map(([, path = '']) => path)
const PATHS = [
  ...pathsIn('server/web/pages.ts', /path: '([^']+)'/g).filter((path) => path !== '/admin/*?'),
  ...pathsIn('server/web/pages/admin/admin.tsx', /path: '([^']+)'/g),
  ...pathsIn('server/web/app.tsx', /path="([^"]+)"/g),
]

describe.skipIf(program === null)('every page', { timeout: PATIENCE_MS }, () => {
  let browser: Browser
  let desk: WebDesk
  let device: DeskDevice
  let page: Page
  let troubles: readonly string[]
  let ticketId: string
  let solvedId: string
  let runPath: string
  let knownId: string
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    const admin = await desk.user('admin', 'Ada Admin')
    device = await DeskDevice.connect(await DeskDevice.enrol(desk, 'front-desk-with-a-rather-long-name.example.test'))
    ticketId = await fillDesk(admin)
    runPath = (await finishedRun(desk.server.services, 'eventlog.query', events(0, 300))).path
    const opened = await desk.open(browser, admin, { reducedMotion: 'reduce' })
    page = opened.page
    troubles = opened.troubles.list
  }, PATIENCE_MS)
  afterAll(async () => {
    device?.close()
    await browser?.close()
    await desk?.close()
  })

  /** Something to show on every page. */
  async function fillDesk(admin: User): Promise<string> {
    const { enrolment } = desk.server.services
    await enrolment.create({ label: 'Front desk', approves: true, maxUses: 3, hours: 1 }, SYSTEM_ACTOR)
    const client = await desk.client(admin)
    const body = { title: `PC is slow ${'x'.repeat(80)}`, requesterName: 'Paul Person', deviceIds: [device.id] }
    const { id } = await client.call<{ readonly id: string }>('POST', '/api/tickets', body)
    const asking = { deviceId: device.id, purpose: 'To see it', collectors: [{ id: 'disk.space' }] }
    await client.call('POST', `/api/tickets/${id}/consent-requests`, asking)
    await device.report(await device.shown(), 'Who is this?')
    const solved = await client.call<{ readonly id: string }>('POST', '/api/tickets', { ...body, deviceIds: [] })
    await client.call('PATCH', `/api/tickets/${solved.id}`, { version: 1, state: 'resolved' })
    solvedId = solved.id
    const known = {
      title: `A drive that is full ${'x'.repeat(80)}`,
      symptoms: 'Nothing can be saved.',
      rules: [],
      cause: '',
      fix: '',
      prevention: '',
    }
    knownId = (await client.call<{ readonly id: string }>('POST', '/api/knowledge', known)).id
    return id
  }

  const addressOf = (path: string) => {
    const address = path === '/tickets/:id/runs/:runId' ? runPath : path
    return address
      .replace('/tickets/:solved', `/tickets/${solvedId}`)
      .replace('/tickets/:id', `/tickets/${ticketId}`)
      .replace('/knowledge/:id', `/knowledge/${knownId}`)
      .replace('/devices/:id', `/devices/${device.id}`)
  }
  const go = async (path: string) => {
    await page.setViewportSize({ width: WIDE_PX, height: 900 })
    await page.goto(desk.url + path)
    await page.locator('main h1').waitFor()
    await page.waitForLoadState('networkidle')
  }

  it.each(PATHS)(
    'keeps still, shows the focus, and loses nothing when it is zoomed or read from right to left: %s',
    async (path) => {
      expect(addressOf(path)).not.toMatch(/[:*]/)
      await go(addressOf(path))
      const name = `sturdy${path.replaceAll(/\W+/g, '-')}`
      expect(await motionProblems(page)).toEqual([])
      expect(await forcedColourProblems(page)).toEqual([])
      expect(await layoutProblems(page, WIDE_PX)).toEqual([])
      expect(await layoutProblems(page, ZOOMED_PX)).toEqual([])
      await page.evaluate('document.documentElement.dir = "rtl"')
      await picture(page, `${name}-rtl-${ZOOMED_PX}`)
      await page.evaluate('document.documentElement.removeAttribute("dir")')
      expect(await focusProblems(page)).toEqual([])
    },
  )

  it.each([
    ['the keys', '/', 'Keys'],
    ['a view’s name', '/?state=new', 'Save this view'],
    ['a ticket’s text', '/tickets/:id', 'Edit title, text, devices, people'],
    ['the end of a ticket', '/tickets/:solved', 'Close …'],
    ['the end of a code', '/admin/codes', 'Revoke Front desk'],
  ])('has a dialog that everybody can use: %s', async (_what, path, button) => {
    await go(addressOf(path))
    await page.getByRole('button', { name: button, exact: true }).click()
    await page.getByRole('dialog').waitFor()
    await expectUsable('[role=dialog]', `dialog-${button.toLowerCase().replaceAll(/\W+/g, '-')}`)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  it('has a choice of columns that everybody can use', async () => {
    await go(runPath)
    await page.getByText('Columns', { exact: true }).click()
    await page.getByRole('group', { name: 'Columns that are shown' }).waitFor()
    await expectUsable('details[open]', 'choice-columns')
    expect(troubles).toEqual([])
  })

  async function expectUsable(part: string, name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await axeViolations(page, part), colorScheme).toEqual([])
    }
    expect(await layoutProblems(page, ZOOMED_PX)).toEqual([])
    await picture(page, `${name}-dark-${ZOOMED_PX}`)
    await page.emulateMedia({ colorScheme: 'light' })
  }
})
