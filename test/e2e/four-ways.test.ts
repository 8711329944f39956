/** SiLU for Llama as a newcomer writes it: as text, as a drawing, from a selection, as a class; trusted, taken away, and still there. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { importOnnx } from '../../src/dialects/onnx'
import { choose, expectNoTrouble, meetApp, page, seesEnd, seesMatches, seesModel, turnTo, visit } from './person'

meetApp()

const MODEL = 'llama-8.torchscript'
const RIGHT = 'y = com.microsoft.QuickGelu<alpha=1>(x)'
const text = () => page.getByRole('textbox', { name: /^Text of the (rule|class)/ })
const panel = () => page.locator('.rule-panel')
const board = (name: string) => page.getByRole('region', { name, exact: true })
const part = (side: string, name: RegExp) => board(side).getByRole('button', { name })
const field = (name: string) => page.getByRole('region', { name: 'Boards' }).getByLabel(name, { exact: true })

/** The gate says that it is equal; it is saved under a name. */
async function trustsAndSaves(name: string): Promise<void> {
  await panel().getByText('8 matches in this network').waitFor()
  await panel().getByRole('button', { name: 'Test by numbers' }).click()
  await panel()
    .locator('.trial-verdict', { hasText: /^Equal/ })
    .waitFor()
  await panel().getByRole('button', { name: 'Test again' }).waitFor()
  await panel().getByLabel('Name').fill(name)
  await panel().getByRole('button', { name: 'Save', exact: true }).click()
  await panel().waitFor({ state: 'detached' })
  await seesMatches(page, 8)
}

/** All its matches are rewritten; what the model is then, by layers in their order. */
async function appliesAll(name: string): Promise<string[]> {
  await choose(page, name)
  await seesMatches(page, 8)
  await page.keyboard.press('a')
  await seesEnd(page, 8)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export ONNX' }).click()
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(await (await download).path())))
  await page.keyboard.press('Home')
  await page.getByText('step 0 of 8', { exact: true }).waitFor()
  return snapshot.layers.map((l) => `${l.kind} ${JSON.stringify(l.attributes)} ${l.inputs.length}`)
}

test('SiLU in four ways: the same network, trusted by numbers; a wrong one is caught; all is there the next day', async () => {
  await visit(MODEL)
  await page.keyboard.press('r')
  await text().fill(`rule "SiLU"\ny = Mul(x, Sigmoid(x))\n=>\n${RIGHT}\n`)
  await trustsAndSaves('SiLU as text')

  await page.keyboard.press('r')
  await text().fill('rule "Drawn"\ny = Mul(x, s)\n=>\ny = Relu(x)\n')
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await board('Match').getByLabel('Operator to add to Match').fill('Sigmoid')
  await page.keyboard.press('Enter')
  await part('Match', /^Sigmoid/).focus()
  await page.keyboard.press('Enter')
  await field('1').fill('x')
  await page.keyboard.press('Enter')
  await part('Match', /^Mul/).click()
  await field('2').fill('s1')
  await page.keyboard.press('Enter')
  await part('Replace with', /^Relu/).click()
  await field('Operator').fill('com.microsoft.QuickGelu')
  await page.keyboard.press('Enter')
  await field('Attribute to add').fill('alpha')
  await field('Value of alpha').fill('1')
  await page.keyboard.press('Enter')
  await expect.poll(() => text().innerText()).toContain(RIGHT)
  await trustsAndSaves('SiLU drawn')

  // From what is selected: the layers of a match, with another right side.
  await choose(page, 'SiLU as text')
  await page.keyboard.press('n')
  await page.keyboard.press('Shift+M')
  await expect.poll(() => text().innerText()).toContain('=>')
  const made = await text().innerText()
  const name = /^(\w+) = Mul/m.exec(made)![1]!
  const operand = /Sigmoid\((\w+)\)/.exec(made)![1]!
  const right = RIGHT.replace('y =', `${name} =`).replace('(x)', `(${operand})`)
  await text().fill(`${made.slice(0, made.indexOf('=>'))}=>\n${right}\n`)
  await trustsAndSaves('SiLU selected')

  await page.keyboard.press('Shift+N')
  await trustsAndSaves('SiLU as a class')

  const names = ['SiLU as text', 'SiLU drawn', 'SiLU selected', 'SiLU as a class']
  const networks: string[][] = []
  for (const name of names) networks.push(await appliesAll(name))
  expect(networks[0]!.filter((l) => l.startsWith('com.microsoft.QuickGelu'))).toHaveLength(8)
  for (const network of networks) expect(network).toEqual(networks[0])

  // Each export, as a file or on the screen.
  await page.getByRole('button', { name: /^SiLU as text \d/ }).click()
  await page.getByRole('button', { name: 'Edit rule' }).click()
  for (const [target, says, tells] of [
    ['rules', /^rule "SiLU"\ny = Mul\(x, Sigmoid\(x\)\)\n=>\n/, 'silu.rules is saved'],
    ['typescript', /class SiLU extends RulePattern/, 'silu.ts is saved'],
    ['onnxscript', /op\.Mul\(x, op\.Sigmoid\(x\)[^]*op\.QuickGelu\(x, alpha=1\.0, /, 'silu.py is saved'],
    [
      'tensorrt-llm',
      /cannot be said:\n# - the rule is one of ONNX operators \(Mul\)/,
      'TensorRT-LLM has layers of TensorRT',
    ],
    ['pdl', /pdl\.pattern @silu[^]*"onnx\.Sigmoid"/, 'operands of Mul in the other order'],
  ] as const) {
    const download = page.waitForEvent('download')
    await panel().getByLabel('Export the rule as').selectOption(target)
    expect(readFileSync(await (await download).path(), 'utf8')).toMatch(says)
    await page.getByText(tells).first().waitFor({ state: 'attached' })
  }

  // Wrong ones are caught, each with a network on which it is wrong.
  await panel().getByRole('button', { name: 'Close', exact: true }).click()
  await page.keyboard.press('r')
  for (const [wrong, says] of [
    ['y = Add(MatMul(a, b), c)\n=>\ny = Gemm(a, b, c)', /^Differs.*Gemm takes matrices/],
    [`s = Sigmoid(x)\ny = Mul(x, s)\n=>\ns = HardSigmoid(x)\n${RIGHT}`, /^Differs/],
    ['y = Mul(x, Sigmoid(x))\n=>\ny = Mul(Sigmoid(x), x)', /^Never ends: it matches what it makes/],
    ['y = Add(a, b)\n=>\ny = Sub(a, b)', /^Differs/],
  ] as const) {
    await text().fill(`rule "Wrong"\n${wrong}\n`)
    await panel()
      .getByRole('button', { name: /^Test (by numbers|again)/ })
      .click()
    await panel().locator('.trial-verdict', { hasText: says }).waitFor()
    await panel().getByRole('button', { name: 'Open the network' }).waitFor()
  }
  await panel().getByRole('button', { name: 'Open the network' }).click()
  await seesModel(page, 'counterexample before')
  expectNoTrouble(page)

  // The tab is closed, and another opened the next day.
  const blank = await page.context().newPage()
  await page.close()
  await turnTo(MODEL)
  await blank.close()
  await expect.poll(() => text().innerText()).toContain('y = Sub(a, b)')
  await page.keyboard.press('Escape')
  await panel().waitFor({ state: 'detached' })
  for (const name of names) await page.getByRole('button', { name: new RegExp(`^${name} 8 matches`) }).waitFor()
})
