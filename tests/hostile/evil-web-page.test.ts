import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, startChromium } from '../support/browser/chromium.ts'
import type { DeskClient } from '../support/browser/desk-client.ts'
import { DeskDevice } from '../support/browser/desk-device.ts'
import { EVIL_NAME, EVIL_SWITCHES, EvilSite, REBOUND_NAME } from '../support/browser/evil-site.ts'
import { finishedRun } from '../support/browser/run-scene.ts'
import { PASSWORD, WebDesk } from '../support/browser/web-desk.ts'

const program = findChromium()
const TICKET = '{"title":"planted","requesterName":"Mallory"}'

describe.skipIf(program === null)(
  'the workbench in a browser with a hostile page beside it',
  { timeout: 120_000 },
  () => {
    let browser: Browser
    let desk: WebDesk
    let site: EvilSite
    let asVictim: DeskClient
    /** The profile of somebody who is signed in, and their page. */
    let profile: BrowserContext
    let own: Page
    let troubles: readonly string[]
    beforeAll(async () => {
      browser = await startChromium(program ?? '', EVIL_SWITCHES)
      desk = await WebDesk.start()
      site = await EvilSite.start()
      await useSetUpLinkTwice()
      const victim = await desk.user('admin', 'Vic Victim')
      asVictim = await desk.client(victim)
      const opened = await desk.open(browser, victim)
      own = opened.page
      troubles = opened.troubles.list
      profile = own.context()
    }, 120_000)
    afterAll(async () => {
      await browser?.close()
      await site?.close()
      await desk?.close()
    })

    /** Two people open the one-time link; the second is as quick to fill it in, and too late. */
    async function useSetUpLinkTwice(): Promise<void> {
      const pages = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()))
      for (const [at, page] of pages.entries()) {
        await page.goto(desk.server.setupLink ?? '')
        await page.getByLabel('Your name').fill(`Admin ${at}`)
        await page.getByLabel('E-mail').fill(`admin${at}@example.test`)
        await page.getByLabel('Password').fill(PASSWORD)
      }
      const [first, second] = pages
      await first?.keyboard.press('Enter')
      await first?.getByRole('heading', { name: 'Protect your account' }).waitFor()
      await second?.getByLabel('Password').press('Enter')
      await second?.getByRole('alert').waitFor()
      for (const page of pages) await page.context().close()
    }

    const inPage = <Answer>(page: Page, code: string) => page.evaluate<Answer>(code)
    const ticketCount = async () =>
      (await asVictim.call<{ items: readonly unknown[] }>('GET', '/api/tickets?limit=500')).items.length
    const openSocket = (page: Page, host: string) =>
      inPage<string>(
        page,
        `new Promise((resolve) => {
        const socket = new WebSocket("ws://${host}/api/live")
        socket.onopen = () => resolve("open")
        socket.onerror = () => resolve("refused")
      })`,
      )
    const host = () => new URL(desk.url).host

    it('works for the own page: its socket opens and its request arrives', async () => {
      expect(await openSocket(own, host())).toBe('open')
      expect(await inPage<number>(own, 'fetch("/api/tickets").then(({ status }) => status)')).toBe(200)
    })

    // The second is the same site to the browser, which sends it every cookie: a program on this machine may serve it.
    describe.each([
      ['of another site', () => `http://${EVIL_NAME}:${site.port}`],
      ['of the same host on another port', () => `http://127.0.0.1:${site.port}`],
    ])('a page %s', (_which, origin) => {
      let evil: Page
      beforeAll(async () => {
        evil = await profile.newPage()
        await evil.goto(origin())
      })
      afterAll(() => evil?.close())

      it('opens no live socket', async () => {
        expect(await openSocket(evil, host())).toBe('refused')
      })

      it('changes nothing by fetch, with the cookie and without asking first or with a preflight', async () => {
        const before = await ticketCount()
        for (const more of [
          'mode: "no-cors"',
          'mode: "no-cors", headers: { "content-type": "text/plain" }',
          'headers: { "content-type": "application/json", "x-csrf-token": "x" }',
        ]) {
          const sent = `fetch("${desk.url}/api/tickets", { method: "POST", credentials: "include", body: '${TICKET}', ${more} })`
          await inPage(evil, `${sent}.then(() => null, () => null)`)
        }
        expect(await ticketCount()).toBe(before)
      })

      it('changes nothing by a form that looks like JSON', async () => {
        const before = await ticketCount()
        const answered = profile.waitForEvent('response', (answer) => answer.url() === `${desk.url}/api/tickets`)
        await inPage(
          evil,
          `{
          const form = Object.assign(document.createElement("form"), {
            method: "post", enctype: "text/plain", target: "_blank", action: "${desk.url}/api/tickets",
          })
          const field = Object.assign(document.createElement("input"), {
            name: '{"title":"planted","requesterName":"', value: '"}',
          })
          form.append(field)
          document.body.append(form)
          form.submit()
        }`,
        )
        expect((await answered).status()).toBe(403)
        expect(await ticketCount()).toBe(before)
      })

      it('reads nothing: neither an answer nor a script or picture made of one', async () => {
        const read = `fetch("${desk.url}/api/tickets", { credentials: "include" }).then(() => "read", () => "refused")`
        expect(await inPage<string>(evil, read)).toBe('refused')
        for (const tag of ['script', 'img']) {
          const load = `new Promise((resolve) => {
          const part = document.createElement("${tag}")
          part.onload = () => resolve("loaded")
          part.onerror = () => resolve("refused")
          part.src = "${desk.url}/api/tickets"
          document.body.append(part)
        })`
          expect(await inPage<string>(evil, load)).toBe('refused')
        }
      })

      it('frames no page', async () => {
        for (const path of ['/', '/admin/users', '/setup', '/api/session']) {
          await inPage(
            evil,
            `new Promise((resolve) => {
            const frame = Object.assign(document.createElement("iframe"), { src: "${desk.url}${path}", onload: resolve })
            document.body.replaceChildren(frame)
          })`,
          )
          // The frame has loaded; that it shows an error is told a moment later.
          await expect.poll(() => evil.frames()[1]?.url(), { message: path }).toMatch(/^chrome-error:/)
        }
      })

      it('keeps no hold of a window with the workbench that it opened', async () => {
        const opening = profile.waitForEvent('page')
        await inPage(evil, `void (globalThis.held = open("${desk.url}/account"))`)
        const opened = await opening
        await opened.getByRole('heading', { name: 'Your account' }).waitFor()
        expect(await inPage<boolean>(evil, 'held.closed')).toBe(true)
        await opened.close()
      })
    })

    it('answers nothing under a name that was made to point here', async () => {
      const page = await profile.newPage()
      const rebound = `${REBOUND_NAME}:${new URL(desk.url).port}`
      const answer = await page.goto(`http://${rebound}/`)
      expect(answer?.status()).toBe(400)
      for (const path of ['/api/session', '/api/setup', '/healthz', '/api/policy-reports'])
        expect(await inPage<number>(page, `fetch("${path}").then(({ status }) => status)`), path).toBe(400)
      expect(await openSocket(page, rebound)).toBe('refused')
      await page.close()
    })

    it('takes a one-time link once: the set-up’s made one admin, an invitation one password', async () => {
      const { users, invitations } = desk.server.services
      const emails = (await asVictim.call<{ items: { email: string }[] }>('GET', '/api/users')).items
      expect(emails.map(({ email }) => email).toSorted()).toEqual(['admin0@example.test', 'vic.victim@example.test'])
      const account = { email: 'ivy@example.test', name: 'Ivy Invited' }
      const { invitation, user } = await invitations.createInvited(account, 'technician', SYSTEM_ACTOR)
      const pages = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()))
      for (const page of pages) {
        await page.goto(desk.url + invitation.path)
        await page.getByLabel('New password').fill(`${PASSWORD} ${pages.indexOf(page)}`)
      }
      await pages[0]?.getByLabel('New password').press('Enter')
      await pages[0]?.getByRole('button', { name: 'Set the password' }).waitFor({ state: 'detached' })
      await pages[1]?.getByLabel('New password').press('Enter')
      await pages[1]?.getByText('This invitation does not work').waitFor()
      expect(await users.enabledUser(user.id)).not.toBeNull()
      expect(await signInStatus(account.email, `${PASSWORD} 0`)).toBe(200)
      expect(await signInStatus(account.email, `${PASSWORD} 1`)).toBe(401)
      for (const page of pages) await page.context().close()
    })

    async function signInStatus(email: string, password: string): Promise<number> {
      const headers = { 'content-type': 'application/json', origin: desk.url }
      const body = JSON.stringify({ email, password })
      return (await fetch(`${desk.url}/api/session`, { method: 'POST', headers, body })).status
    }

    it('shows stored markup as text everywhere: nothing of it runs, loads or calls home', async () => {
      const home = `http://${EVIL_NAME}:${site.port}/home`
      const markup = `"><img src=${home}><script>document.title="owned"</script><svg onload=alert(1)>{{7*7}}`
      const mallory = await desk.user('technician', `Mallory ${markup}`, 'mallory')
      const device = await DeskDevice.connect(await DeskDevice.enrol(desk, `pc${markup}`.slice(0, 255)))
      const about = { title: `Slow ${markup}`, description: markup, requesterName: `Paul ${markup}` }
      const ticket = await (await desk.client(mallory)).call<{ id: string }>('POST', '/api/tickets', {
        ...about,
        deviceIds: [device.id],
      })
      const { services } = desk.server
      const processes = await finishedRun(services, 'process.list', [{ pid: 1, name: markup, commandLine: markup }])
      const event = { time: '2026-11-20T08:00:00.000Z', level: 'error', provider: markup, eventId: 1, message: markup }
      const events = await finishedRun(services, 'eventlog.query', [{ ...event, channel: markup, data: { p: markup } }])
      const alerts: string[] = []
      own.on('dialog', (dialog) => {
        alerts.push(dialog.message())
        return dialog.dismiss()
      })
      const seen: readonly [path: string, text: string][] = [
        ['/', about.title],
        ['/devices', `pc${markup}`],
        [`/devices/${device.id}`, `pc${markup}`],
        [`/tickets/${ticket.id}`, `Mallory ${markup}`],
        ['/admin/users', `Mallory ${markup}`],
        [processes.path, markup],
        [events.path, markup],
      ]
      for (const [path, text] of seen) {
        await own.goto(desk.url + path)
        await own.getByText(text).filter({ visible: true }).first().waitFor()
        expect(await own.locator('main img, main script, main svg[onload]').count(), path).toBe(0)
        expect(await own.title(), path).not.toBe('owned')
      }
      device.close()
      expect(alerts).toEqual([])
      expect(site.asked.filter((path) => path.startsWith('/home'))).toEqual([])
      expect(troubles).toEqual([])
    })
  },
)
