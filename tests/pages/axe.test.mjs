// Every page is clean by axe, in both themes: names, roles, contrast, landmarks.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { findings } from './axe.mjs'
import { cell, Office } from './office.mjs'

let office
before(async () => {
  office = await Office.open()
})
after(() => office?.close())

for (const theme of ['light', 'dark']) {
  const open = (path, account) => office.page(path, { account, theme, width: 1440, height: 900 })

  test(`the sign-in form is clean (${theme})`, async () => {
    const page = await open('/desk/demo')
    await page.getByTestId('login-account').waitFor()
    assert.deepEqual(await findings(page), [])
    await page.context().close()
  })

  test(`the wall is clean (${theme})`, async () => {
    const page = await open('/wall/demo', 'manager1')
    await cell(page, '1-1203', 'a').waitFor()
    assert.deepEqual(await findings(page), [])
    await page.context().close()
  })

  test(`the tablet is clean (${theme})`, async () => {
    const page = await open('/desk/demo', 'consultant1')
    await cell(page, '1-1203', 'a').click()
    await page.getByTestId('lock-button').click()
    await page.getByTestId('buyer-option').first().waitFor()
    assert.deepEqual(await findings(page), [])
    await page.context().close()
  })

  test(`the table of rights is clean (${theme})`, async () => {
    const page = await open('/rights', 'clerk1')
    await page.getByTestId('rights').waitFor()
    assert.deepEqual(await findings(page), [])
    await page.context().close()
  })

  for (const [path, account] of [['office', 'clerk1'], ['finance', 'finance1'], ['relations', 'relations1'], ['manager', 'manager1']])
    test(`every view of ${path} is clean (${theme})`, async () => {
      const page = await open(`/${path}/demo`, account)
      await page.getByTestId('view-queue').waitFor()
      const views = await page.locator('.views button').evaluateAll((all) => all.map((b) => b.dataset.testid))
      const found = {}
      for (const view of views) {
        await page.getByTestId(view).click()
        await page.locator('.view > *').first().waitFor()
        await page.waitForLoadState('networkidle')
        const all = await findings(page)
        if (all.length) found[view] = all
      }
      assert.deepEqual(found, {})
      await page.context().close()
    })
}
