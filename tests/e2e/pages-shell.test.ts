import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { WebDesk, watchTroubles } from '../support/browser/web-desk.ts'

const program = findShell()

describe.skipIf(program === null)('the pages', () => {
  let browser: Browser
  let desk: WebDesk
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
  })
  afterAll(async () => {
    await browser.close()
    await desk.close({ policyReports: 2 })
  })

  it('ask who you are, and say what is wrong with a wrong password', async () => {
    const page = await (await browser.newContext()).newPage()
    const troubles = watchTroubles(page)
    await page.goto(desk.url)
    await page.getByLabel('E-mail').fill('nobody@example.test')
    await page.getByLabel('Password').fill('not the password')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('E-mail or password is not right')
    expect(await lookAt(page, 'sign-in')).toEqual([])
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('show the queue to a technician, live, without errors or violations of the policy', async () => {
    const user = await desk.user('technician', 'Tess Technician')
    const { page, troubles } = await desk.open(browser, user)
    await page.getByRole('heading', { name: 'Queue' }).waitFor()
    const client = await desk.client(user)
    await client.call('POST', '/api/tickets', { title: 'The printer does not print', requesterName: 'Paul Person' })
    await page.getByText('The printer does not print').waitFor()
    expect(await lookAt(page, 'queue-plain')).toEqual([])
    expect(troubles.list).toEqual([])
    await page.context().close()
  })

  it('report to the server what breaks the policy', async () => {
    const { page, troubles } = await desk.open(browser, await desk.user('technician', 'Vera Violation'))
    expect(desk.policyReports).toBe(0)
    await page.evaluate('void (new Image().src = "http://evil.example/secret.png")')
    await expect.poll(() => desk.policyReports).toBe(1)
    await page.evaluate(
      'void document.body.append(Object.assign(document.createElement("style"), { textContent: "a{}" }))',
    )
    await expect.poll(() => desk.policyReports).toBe(2)
    const reports = desk.logLines.filter((line) => line.includes('broke the content security policy'))
    expect(reports.map((line) => JSON.parse(line) as object)).toMatchObject([
      { directive: 'img-src', blocked: 'http://evil.example', page: '/' },
      { directive: 'style-src', blocked: 'inline', page: '/' },
    ])
    expect(desk.logLines.join('')).not.toContain('secret.png')
    expect(troubles.list).toHaveLength(2)
    await page.context().close()
  })

  it('are left by signing out', async () => {
    const { page } = await desk.open(browser, await desk.user('technician', 'Otto Out'))
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in to AskFirst' }).waitFor()
    expect((await page.request.get(`${desk.url}/api/session`)).status()).toBe(401)
    await page.context().close()
  })
})
