import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { enrolMachine } from '../support/browser/scripted-machine.ts'
import { PASSWORD, WebDesk, watchTroubles } from '../support/browser/web-desk.ts'
import { ScriptedAgent } from '../support/scripted-agent.ts'
import { totpCode } from '../support/totp-code.ts'

const program = findShell()
const LABEL = '<img src=x onerror=alert(1)>'

// Each picture is taken six times and each page is checked twice, which takes its time on a busy machine.
describe.skipIf(program === null)('the first start', { timeout: 240_000 }, () => {
  let browser: Browser
  let desk: WebDesk
  let page: Page
  let troubles: readonly string[]
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    page = await (await browser.newContext()).newPage()
    troubles = watchTroubles(page).list
  })
  afterAll(async () => {
    await browser.close()
    await desk.close()
  })

  it('says at the sign-in where its link is, and refuses another one', async () => {
    await page.goto(desk.url)
    await page.getByText('This server is new and has no accounts yet').waitFor()
    expect(await lookAt(page, 'setup-new-server')).toEqual([])
    await page.goto(`${desk.url}/setup?token=wrong`)
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('not valid')
  })

  it('makes the admin with a second factor, names the organisation, makes a code and sees the agent come online', async () => {
    await page.goto(desk.server.setupLink ?? '')
    await page.getByLabel('Your name').fill('Ada <b>Admin</b>')
    await page.getByLabel('E-mail').fill('ada@example.test')
    await page.getByLabel('Password').fill(PASSWORD)
    expect(await lookAt(page, 'setup-1-admin')).toEqual([])
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Protect your account' }).waitFor()
    await page.getByRole('button', { name: 'Skip this for now' }).click()
    await page.getByText('your password alone opens this server').waitFor()
    await page.getByRole('button', { name: 'Set up an app' }).click()
    await page.getByText('No camera?').click()
    const secret = (await page.locator('details code').textContent()) ?? ''
    expect(await lookAt(page, 'setup-1-factor')).toEqual([])
    await page.getByLabel('Code of the app').fill(totpCode(secret, Date.now()))
    await page.keyboard.press('Enter')
    await page.getByRole('list', { name: 'Recovery codes' }).waitFor()
    expect(await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').count()).toBe(10)
    expect(await lookAt(page, 'setup-1-recovery-codes')).toEqual([])
    await page.getByRole('button', { name: 'I have kept them' }).click()

    await page.getByRole('heading', { name: 'Your organisation' }).waitFor()
    await page.getByLabel('Name of the organisation').fill('Example & <Sons>')
    await page.getByLabel('How people check').fill('Help desk, 555-0100')
    await page.getByLabel('Second factor required for').selectOption('admins')
    expect(await lookAt(page, 'setup-2-organisation')).toEqual([])
    await page.getByRole('button', { name: 'Save and go on' }).click()

    await page.getByRole('heading', { name: 'Let machines in' }).waitFor()
    await page.getByLabel('Label').fill(LABEL)
    await page.getByLabel('Approve devices at once').check()
    expect(await lookAt(page, 'setup-3-code-form')).toEqual([])
    await page.getByRole('button', { name: 'Make the code' }).click()
    await page.getByRole('heading', { name: `Code for “${LABEL}”` }).waitFor()
    expect(await lookAt(page, 'setup-3-code')).toEqual([])
    await page.getByRole('button', { name: 'Go on' }).click()

    await page.getByRole('heading', { name: 'Waiting for the first agent' }).waitFor()
    const agent = await ScriptedAgent.connect(await enrolMachine(desk, { approves: true }))
    await page.getByRole('heading', { name: 'The first agent is online' }).waitFor()
    expect(await lookAt(page, 'setup-4-agent')).toEqual([])
    await page.getByRole('button', { name: 'Finish' }).click()
    await page.getByRole('heading', { name: 'Queue' }).waitFor()
    agent.close()
    expect(troubles).toEqual([])
  })

  it('is gone afterwards', async () => {
    const other = await (await browser.newContext()).newPage()
    await other.goto(desk.server.setupLink ?? '')
    await other.getByText('This server is set up already').waitFor()
    await other.context().close()
  })
})
