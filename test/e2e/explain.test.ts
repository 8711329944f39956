import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { choose, countOf, expectNoTrouble, seesMatches, seesStep, startApp } from './person'
import type { App } from './person'

let app: App
let page: Page
beforeAll(async () => void (app = await startApp()))
afterAll(() => app.close())
afterEach(async () => {
  expectNoTrouble(page)
  await page.close()
})

const matches = () => page.getByRole('region', { name: /^Matches of/ })
const chosen = async (model: string, pattern: string, count: number) => {
  page = await app.visit(model)
  await countOf(page, pattern)
  await choose(page, pattern)
  await seesMatches(page, count)
}

test('a near miss is drawn: the part that stopped it is told from those that matched, and leads to its layer', async () => {
  await chosen('gpt2-12.torchscript', 'Gelu (erf)', 0)
  const misses = page.getByRole('region', { name: 'Near misses of Gelu (erf)' })
  await misses.getByRole('button', { name: /12 places, one cause.*expected Erf, found Tanh/s }).click()
  const rule = misses.getByRole('group', { name: 'The rule, drawn' })
  await rule.getByRole('button', { name: /^Mul, part y, matched: \/m\/transformer\/h\.0/ }).waitFor()
  await rule.getByRole('img', { name: /^Div, part div.*not reached/ }).waitFor()
  const stopped = rule.getByRole('button', { name: /^Erf, part e, stopped it: \/m\/transformer\/h\.0\/mlp\/act\/Tanh/ })
  await stopped.click()
  await page
    .getByRole('region', { name: 'Selected' })
    .getByText('/m/transformer/h.0/mlp/act/Tanh', { exact: true })
    .first()
    .waitFor()
})

test('asked by right click, a layer says why', async () => {
  await chosen('gpt2-12.torchscript', 'Gelu (erf)', 0)
  const misses = page.getByRole('region', { name: 'Near misses of Gelu (erf)' })
  await misses.getByRole('button', { name: /12 places, one cause/ }).click()
  await page.getByRole('group', { name: /^Tanh/ }).first().click({ button: 'right' })
  await page.getByRole('menuitem', { name: /Why does Gelu \(erf\) not match here/ }).click()
  await page
    .getByRole('region', { name: 'Selected' })
    .getByText(/expected Erf, found Tanh/)
    .waitFor()
  await misses.getByRole('group', { name: 'The rule, drawn' }).waitFor()
})

test('Alt-click previews a match in place, and Escape ends it with nothing done', async () => {
  await chosen('bert-12.torchscript', 'Gelu (erf)', 12)
  const second = matches().getByRole('button', { name: /layer\.1\// })
  await second.click({ modifiers: ['Alt'] })
  const preview = matches().getByRole('status')
  await preview.getByText('5 layers out (Mul 2, Add, Erf, Div), 1 layer in (Gelu)').waitFor()
  await page.getByText('step 0 of 0', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await preview.waitFor({ state: 'detached' })
  await page.keyboard.press('d')
  await preview.getByRole('button', { name: 'Apply it' }).click()
  await seesStep(page, 1, 1)
  await seesMatches(page, 11)
})

test('matches are filtered by module, and only those are played', async () => {
  await chosen('bert-12.torchscript', 'Gelu (erf)', 12)
  await matches().getByRole('button', { name: 'in all modules' }).click()
  const scopes = matches().getByRole('list', { name: 'Modules that matches lie in' })
  await scopes.getByRole('button', { name: /^layer\.7\/.* 1 match/ }).click()
  await page.getByRole('heading', { name: '1 of 12 matches' }).waitFor()
  await page.getByRole('button', { name: 'Play all' }).click()
  await seesStep(page, 1, 1)
  await matches().getByRole('button', { name: 'Show all' }).click()
  await seesMatches(page, 11)
})

test('a breakpoint on a layer stops playing right before the rewrite that takes it, and going on takes it', async () => {
  await chosen('bert-12.torchscript', 'Gelu (erf)', 12)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('erf layer.2')
  await page.getByRole('option', { name: /Erf.*layer\.2/, selected: true }).waitFor()
  await page.keyboard.press('Enter')
  const toggle = page.getByRole('region', { name: 'Selected' }).getByRole('button', { name: /^Break here: layer/ })
  await toggle.click()
  await page.getByRole('button', { name: 'Breakpoints, 1 set' }).waitFor()
  await page.getByLabel('Speed').selectOption('4')
  await page.getByRole('button', { name: 'Play all' }).click()
  await page
    .getByText(/^Stopped before Gelu \(erf\) at .*: breakpoint on layer .*Erf$/)
    .first()
    .waitFor()
  await seesStep(page, 2, 12)
  await page.getByRole('button', { name: 'Go on' }).click()
  await seesStep(page, 12, 12)
  await page.keyboard.press('Home')
  await seesStep(page, 0, 12)
  await page.keyboard.press('c')
  await seesStep(page, 2, 12)
  await page.getByRole('button', { name: 'Breakpoints, 1 set' }).click()
  await page.getByRole('button', { name: /^Remove the breakpoint on layer/ }).click()
  await page.getByRole('button', { name: 'Breakpoints', exact: true }).waitFor()
})

test('a pattern runs to its end without motion, and a rewrite is walked through from inside', async () => {
  await chosen('bert-12.torchscript', 'Gelu (erf)', 12)
  await page.keyboard.press('s')
  const inside = page.getByRole('group', { name: 'Inside the step' })
  await inside.getByText(/^Match, part 1 of 5: y is Mul/).waitFor()
  for (let i = 0; i < 5; i++) await page.keyboard.press('s')
  await inside.getByText(/^Edit 1 of \d+: /).waitFor()
  await page.keyboard.press('Shift+S')
  await inside.getByText(/^Match, part 5 of 5: div is Div/).waitFor()
  await page.keyboard.press('Escape')
  await seesStep(page, 1, 1)
  await page.keyboard.press('a')
  await seesStep(page, 12, 12)
  await seesMatches(page, 0)
  expect(await countOf(page, 'Gelu (erf)')).toBe(0)
})
