import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { User } from '@askfirst/server/store/entities.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findShell, startChromium } from '../support/browser/chromium.ts'
import { lookAt } from '../support/browser/look.ts'
import { enrolMachine } from '../support/browser/scripted-machine.ts'
import type { PageTroubles } from '../support/browser/web-desk.ts'
import { WebDesk } from '../support/browser/web-desk.ts'
import { ScriptedAgent } from '../support/scripted-agent.ts'
import { addTicket, closingOf } from '../support/store-records.ts'

const program = findShell()
const HOSTILE = '"><img src=x onerror=alert(1)><b>Bob'

// Each picture is taken six times and each page is checked twice, which takes its time on a busy machine.
describe.skipIf(program === null)("the admin's desk", { timeout: 240_000 }, () => {
  let browser: Browser
  let desk: WebDesk
  let admin: User
  let page: Page
  let troubles: PageTroubles
  let agent: ScriptedAgent
  beforeAll(async () => {
    browser = await startChromium(program ?? '')
    desk = await WebDesk.start()
    admin = await desk.user('admin', 'Ada Admin')
    await desk.server.services.users.create(
      { email: 'bob@example.test', name: HOSTILE, password: 'four plain words here' },
      'technician',
      { kind: 'system', id: 'test', name: HOSTILE },
    )
    agent = await ScriptedAgent.connect(await enrolMachine(desk, { approves: false }))
    const seen = { name: '<i>PC</i>', lastSeenAt: new Date().toISOString() }
    await desk.server.services.store.devices.seen(agent.deviceId, seen)
    ;({ page, troubles } = await desk.open(browser, admin, {
      path: '/admin',
      userAgent: 'Mozilla/5.0 <script>alert(1)</script> Linux Chrome/156.0',
    }))
  })
  afterAll(async () => {
    agent?.close()
    await browser.close()
    await desk.close()
  })

  const go = async (name: string) => {
    await page.goto(`${desk.url}/admin`)
    await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name }).click()
    await page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  it('adds a user with a one-time link, changes the role, and asks twice before it disables', async () => {
    await page.getByRole('heading', { name: 'Users' }).waitFor()
    await page.getByText(HOSTILE).waitFor()
    await page.getByRole('button', { name: 'Add a user' }).click()
    await page.getByLabel('Name').fill('Nora New')
    await page.getByLabel('E-mail').fill('nora@example.test')
    await page.getByLabel('Takes tickets').selectOption('2')
    expect(await lookAt(page, 'admin-new-user')).toEqual([])
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('/invitation#').waitFor()
    await page.getByText('up to level 2').waitFor()
    expect(await lookAt(page, 'admin-users')).toEqual([])
    await page.getByRole('button', { name: 'Change Nora New' }).click()
    await page.getByLabel('Role').selectOption('lead')
    await page.getByLabel('Takes tickets').selectOption('')
    expect(await lookAt(page, 'admin-edit-user')).toEqual([])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Change Nora New' }).click()
    await page.getByRole('button', { name: 'Disable the account' }).click()
    await page.getByRole('button', { name: 'Press again: disable the account' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await desk.server.services.store.users.byEmail('nora@example.test')).toMatchObject({
      role: 'lead',
      supportLevel: null,
      disabled: true,
    })
  })

  it('lists sessions in the browser’s own words, and ends one', async () => {
    const other = await desk.open(browser, admin, { userAgent: '<svg onload=alert(1)>' })
    await go('Sessions')
    await page.getByText('<svg onload=alert(1)>').waitFor()
    expect(await lookAt(page, 'admin-sessions')).toEqual([])
    await page
      .getByRole('row')
      .filter({ hasText: '<svg onload=alert(1)>' })
      .getByRole('button', { name: /^End/ })
      .click()
    await page.getByText('<svg onload=alert(1)>').waitFor({ state: 'detached' })
    expect((await other.page.request.get(`${desk.url}/api/session`)).status()).toBe(401)
    await other.page.context().close()
  })

  it('shows why a device waits, approves it, and shuts it out with a reason', async () => {
    await go('Devices')
    await page.getByText('Nobody has approved it yet').waitFor()
    await page.getByRole('link', { name: '<i>PC</i>' }).waitFor()
    expect(await lookAt(page, 'admin-devices')).toEqual([])
    await page.getByRole('button', { name: /^Approve/ }).click()
    await page.getByRole('heading', { name: 'No device waits for approval' }).waitFor()
    await page.goto(`${desk.url}/devices/${agent.deviceId}`)
    await page.getByText('Approved by an admin.').waitFor()
    await page.getByText('device.approved').waitFor()
    expect(await lookAt(page, 'device')).toEqual([])
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByLabel('Reason').fill('Sold <b>today</b>')
    expect(await lookAt(page, 'device-revoke')).toEqual([])
    await page.getByRole('button', { name: 'Revoke for ever' }).click()
    await page.getByText('Sold <b>today</b>').first().waitFor()
    expect(await desk.server.services.devices.get(agent.deviceId)).toMatchObject({ standing: 'revoked' })
  })

  it('makes an enrolment code that is shown once, and revokes it', async () => {
    await go('Enrolment codes')
    await page.getByRole('button', { name: 'Make a code' }).click()
    await page.getByLabel('Label').fill(HOSTILE)
    await page.getByLabel('For how many machines').fill('25')
    expect(await lookAt(page, 'admin-new-code')).toEqual([])
    await page.getByRole('button', { name: 'Make the code' }).click()
    await page.getByText(/^npx askfirst-agent enrol /).waitFor()
    expect(await lookAt(page, 'admin-codes')).toEqual([])
    await page.getByRole('button', { name: 'Done' }).click()
    expect(await page.getByText(/^npx askfirst-agent enrol /).count()).toBe(0)
    await page.getByRole('button', { name: `Revoke ${HOSTILE}` }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.getByText('Revoked').waitFor()
  })

  it('filters the audit log, finds its chain whole, and names the entry that somebody changed', async () => {
    await go('Audit log')
    await page.getByText('session.opened').first().waitFor()
    await page.getByLabel('Action').fill('user.created')
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByText('session.opened').first().waitFor({ state: 'detached' })
    await page.getByText('user.created').first().waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByRole('button', { name: 'Verify chain' }).click()
    await page.getByText(/All \d+ entries are as they were written/).waitFor()
    expect(await lookAt(page, 'admin-audit')).toEqual([])
    const store = new DatabaseSync(join(desk.dataDir, 'store.sqlite'))
    store.exec(`update audit_entries set subject = 'usr_somebody_else' where seq = 2`)
    store.close()
    await page.getByRole('button', { name: 'Verify chain' }).click()
    await page.getByText('The chain breaks at entry 2').waitFor()
  })

  it('changes settings and shows how the server does', async () => {
    await go('Settings')
    await page.getByLabel('Name of the organisation').fill('Example & <Sons>')
    await page.getByLabel('Rows are kept for').fill('30')
    expect(await lookAt(page, 'admin-settings')).toEqual([])
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved.').waitFor()
    expect(desk.server.services.settings.latest()).toMatchObject({
      organisationName: 'Example & <Sons>',
      retentionDays: 30,
    })
    await go('Health')
    await page.getByText('SQLite, answers in').waitFor()
    expect(await lookAt(page, 'admin-health')).toEqual([])
  })

  it('finds a person, hands out what is kept, and erases it after the name was typed', async () => {
    const { store } = desk.server.services
    const who = { requesterName: HOSTILE, requesterEmail: 'paul@example.test' }
    const ticket = await addTicket(store, { ...who, title: '<b>Pauls</b> sound is gone' })
    await go('People’s data')
    await page.getByLabel('Name, address or account').fill('paul')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('checkbox', { name: 'paul@example.test' }).check()
    await page.getByText('close the open tickets').waitFor()
    expect(await page.getByRole('button', { name: 'Erase …' }).isDisabled()).toBe(true)
    await store.tickets.close(closingOf(ticket.id))
    await page.getByRole('checkbox', { name: 'paul@example.test' }).uncheck()
    await page.getByRole('checkbox', { name: 'paul@example.test' }).check()
    await page.getByText('close the open tickets').waitFor({ state: 'detached' })
    expect(await lookAt(page, 'admin-people')).toEqual([])
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download all of it' }).click(),
    ])
    expect(file.suggestedFilename()).toMatch(/^person-.*\.zip$/)
    await page.getByRole('button', { name: 'Erase …' }).click()
    await page.getByLabel('Reason').fill('They asked for it')
    const erase = page.getByRole('button', { name: 'Erase for ever' })
    expect(await erase.isDisabled()).toBe(true)
    await page.getByLabel('to confirm').fill('paul@example.test')
    expect(await lookAt(page, 'admin-erase')).toEqual([])
    await erase.click()
    await page.getByText('Erased in 1 ticket:').waitFor()
    expect(await store.tickets.get(ticket.id)).toMatchObject({ title: 'erased', requesterEmail: null })
  })

  it('has an account page: token made once, password changed, sessions listed', async () => {
    await page.getByRole('link', { name: /Ada Admin/ }).click()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await page.getByText('Passkeys belong to a name').waitFor()
    await page.getByLabel('Name of the token').fill(HOSTILE)
    await page.getByLabel('May do at most').selectOption('auditor')
    await page.getByRole('button', { name: 'Make a token' }).click()
    const secret = await page.getByText(/^afk_/).textContent()
    const listed = await fetch(`${desk.url}/api/users`, { headers: { authorization: `Bearer ${secret}` } })
    expect(listed.status).toBe(200)
    expect(await lookAt(page, 'account')).toEqual([])
    await page.getByLabel('Current password').fill('four plain words here')
    await page.getByLabel('New password').fill('five plain words are here')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByText('The password is changed').waitFor()
    expect(troubles.list).toEqual([])
  })

  it('shows an auditor only what an auditor may see', async () => {
    const auditor = await desk.open(browser, await desk.user('auditor', 'Otto Auditor'), { path: '/admin' })
    await auditor.page.getByRole('heading', { name: 'Audit log' }).waitFor()
    const links = auditor.page.getByRole('navigation', { name: 'Admin' }).getByRole('link')
    expect(await links.allTextContents()).toEqual(['Audit log', 'People’s data', 'Health'])
    await auditor.page.goto(`${desk.url}/admin/users`)
    await auditor.page.getByText('There is nothing here for you').waitFor()
    expect(auditor.troubles.list).toEqual([])
    await auditor.page.context().close()
  })
})
