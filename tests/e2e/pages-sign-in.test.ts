import type { User } from '@askfirst/server/store/entities.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { PASSWORD, WebDesk, watchTroubles } from '../support/browser/web-desk.ts'
import { totpCode } from '../support/totp-code.ts'

const program = findShell()
const STEP_MS = 30_000

// Each picture is taken six times and each page is checked twice, which takes its time on a busy machine.
describe.skipIf(program === null)('signing in', { timeout: 240_000 }, () => {
  let browser: Browser
  let desk: WebDesk
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    await desk.user('admin', 'Ada First')
  })
  afterAll(async () => {
    await browser.close()
    await desk.close()
  })

  /** A signed-out page at an address of the server. */
  async function signInPage(url = desk.url): Promise<{ readonly page: Page; readonly troubles: readonly string[] }> {
    const page = await (await browser.newContext()).newPage()
    const troubles = watchTroubles(page).list
    await page.goto(url)
    return { page, troubles }
  }

  async function typePassword(page: Page, user: User): Promise<void> {
    await page.getByLabel('E-mail').fill(user.email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
  }

  /** Gives the user an app through the services, with the first code used up. */
  async function withApp(user: User): Promise<{ readonly secret: string; readonly codes: readonly string[] }> {
    const { factors } = desk.server.services
    const { secret } = await factors.beginTotp(user)
    await factors.confirmTotp(user, totpCode(secret, Date.now() - STEP_MS))
    return { secret, codes: (await factors.firstRecoveryCodes(user)) ?? [] }
  }

  it('works with the keyboard alone: password, then the code of the app', async () => {
    const user = await desk.user('technician', 'Tess Keyboard')
    const { secret } = await withApp(user)
    const { page, troubles } = await signInPage()
    await page.getByLabel('E-mail').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type(user.email)
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    expect(await lookAt(page, 'sign-in-code')).toEqual([])
    await page.keyboard.type('000000')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('not right')
    await page.getByLabel('Code of the authenticator app').fill('')
    await page.keyboard.type(totpCode(secret, Date.now()))
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    expect(troubles).toEqual([])
    await page.context().close()
  })

  it('works with a recovery code, once', async () => {
    const user = await desk.user('technician', 'Rita Recovery')
    const { codes } = await withApp(user)
    for (const outcome of ['in', 'refused'] as const) {
      const { page } = await signInPage()
      await typePassword(page, user)
      await page.getByRole('button', { name: 'Use a recovery code' }).click()
      await page.getByLabel('Recovery code').fill((codes[0] ?? '').toUpperCase())
      await page.keyboard.press('Enter')
      if (outcome === 'in') await page.getByRole('navigation', { name: 'Main' }).waitFor()
      else await page.getByRole('alert').waitFor()
      await page.context().close()
    }
  })

  it('works with a passkey that was added on the account page, at the name and not at the address', async () => {
    const user = await desk.user('technician', 'Paula Passkey')
    const named = desk.url.replace('127.0.0.1', 'localhost')
    const { page, troubles } = await signInPage(named)
    await addAuthenticator(page)
    await typePassword(page, user)
    await page.getByRole('link', { name: /Paula Passkey/ }).click()
    await page.getByLabel('Name of the new passkey').fill('"><script>alert(1)</script>')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('"><script>alert(1)</script>').waitFor()
    expect(await lookAt(page, 'account-passkey')).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await typePassword(page, user)
    await page.getByRole('button', { name: 'Continue with a passkey' }).waitFor()
    expect(await lookAt(page, 'sign-in-passkey')).toEqual([])
    await page.getByRole('button', { name: 'Continue with a passkey' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    const [opened] = (await desk.server.services.account.sessions(user.id)).map(({ factor }) => factor)
    expect(opened).toBe('passkey')
    expect(troubles).toEqual([])
    await page.context().close()

    const byAddress = await signInPage()
    await typePassword(byAddress.page, user)
    await byAddress.page.getByLabel('Recovery code').waitFor()
    await byAddress.page.context().close()
  })

  it('leads who must have a second factor and has none to set it up, and to nothing else', async () => {
    const user = await desk.user('lead', 'Lea Lead')
    const { settings } = desk.server.services
    await settings.change({ secondFactor: 'all' }, SYSTEM_ACTOR)
    try {
      const { page, troubles } = await signInPage(`${desk.url}/admin/audit`)
      await typePassword(page, user)
      await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
      expect((await page.request.get(`${desk.url}/api/tickets`)).status()).toBe(403)
      expect(await lookAt(page, 'factor-gate')).toEqual([])
      await page.getByRole('button', { name: 'Set up an app' }).click()
      await page.getByText('No camera?').click()
      const secret = (await page.locator('details code').textContent()) ?? ''
      await page.getByLabel('Code of the app').fill(totpCode(secret, Date.now()))
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'I have kept them' }).click()
      await page.getByRole('heading', { name: 'Audit log' }).waitFor()
      expect(troubles).toEqual([])
      await page.context().close()
    } finally {
      await settings.change({ secondFactor: 'nobody' }, SYSTEM_ACTOR)
    }
  })

  it('begins with the link of an invitation, once', async () => {
    const { invitations } = desk.server.services
    const account = { email: 'ivy@example.test', name: 'Ivy <i>Invited</i>' }
    const { invitation } = await invitations.createInvited(account, 'technician', SYSTEM_ACTOR)
    const { page, troubles } = await signInPage(desk.url + invitation.path)
    await page.getByText('invites Ivy <i>Invited</i>').waitFor()
    expect(await lookAt(page, 'invitation')).toEqual([])
    await page.getByLabel('New password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('Your password is set').waitFor()
    await page.getByRole('link', { name: 'To the sign-in' }).click()
    await page.getByLabel('E-mail').fill(account.email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByText('Ivy <i>Invited</i>').waitFor()
    expect(troubles).toEqual([])
    await page.context().close()
    const again = await signInPage(desk.url + invitation.path)
    await again.page.getByText('This invitation does not work').waitFor()
    await again.page.context().close()
  })
})

/** A security key that says yes by itself. */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'usb',
      hasResidentKey: false,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}
