/** Patterns of one's own: in two tabs, in earlier texts, in folders, as links. */
import { expect, test } from 'vitest'
import { app, expectNoTrouble, meetApp, page, seesMatches, turnTo, visit } from './person'

meetApp()

const text = () => page.getByRole('textbox', { name: 'Text of the rule' })
const panel = () => page.locator('.rule-panel')
const rule = (name: string, kind: string) => `rule "${name}"\ny = ${kind}(x)\n=>\ny = ${kind}(x)\n`

async function writes(source: string): Promise<void> {
  await page.keyboard.press('r')
  await text().fill(source)
}

async function saves(matches: number): Promise<void> {
  await page.getByText(`${matches} matches in this network`).waitFor()
  await panel().getByRole('button', { name: 'Save', exact: true }).click()
  await panel().waitFor({ state: 'detached' })
  await seesMatches(page, matches)
}

test('two tabs that write lose nothing; earlier texts and what was deleted come back; a link brings a pattern', async () => {
  await visit('bert-12.torchscript')
  const first = page
  await writes(rule('Mine', 'Softmax<axis=-1>'))
  await turnTo('bert-12.torchscript')
  const second = page
  await writes(rule('Mine', 'Tanh'))
  await second.waitForTimeout(300)
  // Each tab goes on with its own draft after a reload.
  for (const [tab, kind] of [
    [first, 'Softmax<axis=-1>'],
    [second, 'Tanh'],
  ] as const) {
    await turnTo(tab)
    await page.reload()
    await expect.poll(() => text().innerText()).toContain(`y = ${kind}(x)`)
  }
  await turnTo(first)
  await saves(12)
  await turnTo(second)
  await text().fill(rule('Mine', 'Erf'))
  await saves(12)
  await page
    .getByRole('alert')
    .getByText(/Another tab had kept another text.*"Mine, from another tab"/)
    .waitFor()
  await second.close()

  await turnTo(first)
  await page.reload()
  await page.getByRole('button', { name: /^Mine 12 matches/ }).click()
  await page.getByRole('button', { name: 'Edit rule' }).click()
  await text().fill(rule('Mine', 'Softmax<axis=-1>').replace('=>', '# again\n=>'))
  await saves(12)
  await page.getByRole('button', { name: 'Edit rule' }).click()
  await page.getByText('1 earlier text', { exact: true }).click()
  await page.getByRole('button', { name: /^Bring back the text until/ }).click()
  await expect.poll(() => text().innerText()).toContain('y = Erf(x)')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('1 deleted pattern', { exact: true }).click()
  await page.getByRole('button', { name: 'Bring back Mine', exact: true }).click()
  await page.getByRole('button', { name: /^Mine 12 matches/ }).click()
  await seesMatches(page, 12)

  await page.getByLabel('folder').fill('Trials')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Your rules \/ Trials/ }).waitFor()
  await page.getByRole('button', { name: 'Copy as a link' }).click()
  const address = await page.getByRole('alert').getByText(/own=/).innerText()
  expectNoTrouble(page)

  // Somebody else, to whom the link was sent.
  await visit('bert-12.torchscript')
  await page.goto(`${app.url}?model=bert-12.torchscript&${address.split('?')[1]}`)
  await page.getByRole('alert').getByText('Mine came with the link and stays off').waitFor()
  await page.getByRole('button', { name: /^Mine 12 matches/, pressed: true }).waitFor()
  expect(await page.getByLabel('Use Mine', { exact: true }).isChecked()).toBe(false)
})

test('one tab draws a pattern and another writes it: saved in both orders, deleted, renamed; a page that crashes keeps its text', async () => {
  const edits = async (name: string): Promise<void> => {
    const row = page.getByRole('button', { name: new RegExp(`^${name} \\d+ match`) })
    if ((await row.getAttribute('aria-pressed')) !== 'true') await row.click()
    await page.getByRole('button', { name: 'Edit rule' }).click()
    await text().waitFor()
  }
  const keeps = async (): Promise<void> => {
    // By key: what is told of the rule meanwhile moves the button.
    await panel().getByLabel('Name', { exact: true }).press('Control+Enter')
    await panel().waitFor({ state: 'detached' })
  }
  /** Draws another operator in the place of one on the left. */
  const draws = async (kind: string, other: string): Promise<void> => {
    await page.getByRole('button', { name: 'Draw', exact: true }).click()
    await page
      .getByRole('region', { name: 'Match', exact: true })
      .getByRole('button', { name: new RegExp(`^${kind}`) })
      .click()
    await page.getByRole('region', { name: 'Boards' }).getByLabel('Operator', { exact: true }).fill(other)
    await page.keyboard.press('Enter')
    await expect.poll(() => text().innerText()).toContain(`y = ${other}(x)\n=>`)
  }
  const has = (name: string) => page.getByRole('button', { name: new RegExp(`^${name} \\d+ match`) }).waitFor()

  await visit('bert-12.torchscript')
  const first = page
  await writes(rule('Ours', 'Erf'))
  await saves(12)
  await turnTo('bert-12.torchscript')
  const second = page
  // Drawn in the second, written in the first, which is saved before it.
  await edits('Ours')
  await draws('Erf', 'Tanh')
  await turnTo(first)
  await edits('Ours')
  await text().fill(rule('Ours', 'Erf').replace('=>', '# written\n=>'))
  await page.getByText('12 matches in this network').waitFor()
  await keeps()
  await turnTo(second)
  await keeps()
  await page.getByText(/"Ours, from another tab"/).waitFor()

  // The other order, and the first deletes what the second has kept meanwhile: it has to be seen first.
  await turnTo(first)
  await page.reload()
  await has('Ours, from another tab')
  await edits('Ours')
  await turnTo(second)
  await edits('Ours')
  await text().fill(rule('Ours', 'Softmax<axis=-1>'))
  await saves(12)
  await turnTo(first)
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('Ours is still there').waitFor()
  // Deleted in the first now, while the second goes on writing; what it saves is there again.
  await turnTo(second)
  await edits('Ours')
  await text().fill(rule('Ours', 'Softmax<axis=-1>').replace('=>', '# again\n=>'))
  await turnTo(first)
  await edits('Ours')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('1 deleted pattern', { exact: true }).waitFor()
  await turnTo(second)
  await saves(12)

  // Its page crashes in the middle of a word; a new one has the text, and the name that is given there is kept.
  await edits('Ours')
  await text().pressSequentially('# and more, and more, and mo', { delay: 15 })
  await expect.poll(() => text().innerText()).toContain('and mo')
  await second.waitForTimeout(300)
  await second.goto('chrome://crash').catch(() => undefined)
  await turnTo(first)
  await page.reload()
  await expect.poll(() => text().innerText()).toMatch(/and more, and mo/)
  await panel().getByLabel('Name', { exact: true }).fill('Theirs')
  await saves(12)
  await has('Theirs')
  await has('Ours, from another tab')
  expect(await page.getByRole('button', { name: /^Ours \d+ match/ }).count()).toBe(0)
})
