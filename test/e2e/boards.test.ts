/** A rule is drawn: by mouse and by keyboard, in step with its text, and undone with it. */
import { expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'
import { meetApp, page, seesModel, visit } from './person'

meetApp()

const MODEL = exportOnnx(snapshotOf(net('in x float32[2,3]\ny = Mul(x, Sigmoid(x))\nz = Relu(y)\nout z', 20))).bytes
const board = (name: string) => page.getByRole('region', { name, exact: true })
const part = (side: string, name: RegExp) => board(side).getByRole('button', { name })
const text = () => page.getByRole('textbox', { name: 'Text of the rule' })
const field = (name: string) => page.getByRole('region', { name: 'Boards' }).getByLabel(name, { exact: true })

/** A rule, opened on its boards beside a network on which it may match. */
async function drawing(rule: string): Promise<void> {
  await visit('none')
  await page.keyboard.press('o')
  const file = { name: 'silu.onnx', mimeType: 'application/octet-stream', buffer: Buffer.from(MODEL) }
  await page.locator('input[type=file]').setInputFiles(file)
  await seesModel(page, 'silu')
  await page.keyboard.press('r')
  await text().fill(rule)
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await part('Match', /^Mul/).waitFor()
}

test('SiLU as a drawing: layers from the palette, lines, attributes and conditions; text and boards in step', async () => {
  await drawing('rule "Drawn"\n# the gate\ny = Mul(x, s)\n=>\ny = Relu(x)\n')

  // A layer from the palette; its operand by keyboard, its result by a line.
  await board('Match').getByLabel('Operator to add to Match').fill('Sigmoid')
  await page.keyboard.press('Enter')
  await part('Match', /^Sigmoid/).waitFor()
  await part('Match', /^Sigmoid/).focus()
  await page.keyboard.press('Enter')
  await field('1').fill('x')
  await page.keyboard.press('Enter')
  await part('Match', /^Mul/).click()
  await field('2').fill('s1')
  await page.keyboard.press('Enter')
  await expect.poll(() => text().innerText()).toContain('# the gate\ns1 = Sigmoid(x)\ny = Mul(x, s1)')
  await page.getByText('1 match in this network').waitFor()

  // The right side: another operator, with an attribute.
  await part('Replace with', /^Relu/).click()
  await field('Operator').fill('Swish')
  await page.keyboard.press('Enter')
  await part('Replace with', /^Swish/).waitFor()
  await field('Attribute to add').fill('alpha')
  await field('Value of alpha').fill('1')
  await page.keyboard.press('Enter')
  await expect.poll(() => text().innerText()).toContain('y = Swish<alpha=1>(x)')
  // A value gets another name on both sides; a layer another form.
  await part('Match', /^Mul/).click()
  await field('Name').fill('out')
  await page.keyboard.press('Enter')
  await expect.poll(() => text().innerText()).toMatch(/out = Mul[^]*=>\nout = Swish/)
  await part('Match', /^Mul/).click()
  await field('Or else').fill('Mul(s1, x)')
  await page.keyboard.press('Enter')
  await expect.poll(() => text().innerText()).toContain('out = (Mul(x, s1) | Mul(s1, x))')
  await part('Match', /^Sigmoid/).focus()
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await expect.poll(() => text().innerText()).toContain('y = Mul(x, s1)\n')
  await part('Replace with', /^Swish/).click()

  await field('Another condition').fill('x.dtype == float32')
  await page.keyboard.press('Enter')
  await expect.poll(() => text().innerText()).toContain('where x.dtype == float32')

  // Undo goes through the text, from the boards too.
  await part('Replace with', /^Swish/).focus()
  await page.keyboard.press('Control+z')
  await expect.poll(() => text().innerText()).not.toContain('where')
  await page.keyboard.press('Control+Shift+z')
  await expect.poll(() => text().innerText()).toContain('where x.dtype == float32')

  // What the text says the boards show; what it cannot say leaves them.
  await text().fill('y = Relu(Neg(x))\n=>\ny = Neg(x)')
  await part('Match', /^Neg/).waitFor()
  await text().fill('y = Relu(Neg(x)\n=>')
  await page.getByText(/The text cannot be read/).waitFor()
  expect(await part('Match', /^Neg/).count()).toBe(1)
  await text().fill('y = Relu(Neg(x))\n=>\ny = Neg(x)')
  await part('Match', /^Neg/).focus()
  await page.keyboard.press('Delete')
  await expect.poll(() => text().innerText()).toContain('y = Relu(x)')
  await page.getByRole('region', { name: 'Boards' }).getByRole('button', { name: 'Close the boards' }).click()
  await page.getByRole('region', { name: 'Timeline' }).waitFor()
})

test('operators are found in the palette, and dragged onto a board', async () => {
  await drawing('rule "Drawn"\ny = Mul(x, s)\n=>\ny = Relu(x)\n')
  const palette = page.getByRole('region', { name: 'Operators' })
  await palette.getByRole('button', { name: 'Sigmoid', exact: true }).dragTo(board('Match'))
  await expect.poll(() => text().innerText()).toMatch(/Sigmoid\([^]*=>/)
  await palette.getByLabel('Find an operator').fill('softpl')
  await palette.getByRole('button', { name: 'Softplus' }).dragTo(board('Replace with'))
  await expect.poll(() => text().innerText()).toMatch(/=>[^]*Softplus\(/)
  await palette.getByRole('button', { name: 'Softplus' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => text().innerText()).toMatch(/Softplus\([^]*=>/)
})

test('a line is drawn with the mouse', async () => {
  await visit('bert-12.torchscript')
  await page.keyboard.press('r')
  await text().fill('s = Sigmoid(x)\ny = Mul(x, z)\n=>\ny = x\n')
  await page.getByRole('button', { name: 'Draw', exact: true }).click()
  await part('Match', /^Sigmoid/).waitFor()
  const from = board('Match').locator('.react-flow__node', { hasText: 'Sigmoid' }).locator('.source')
  const to = board('Match').locator('.react-flow__node', { hasText: 'Mul' }).locator('.target').nth(1)
  await from.dragTo(to)
  await expect.poll(() => text().innerText()).toContain('y = Mul(x, s)')
})

test('a left side that is taller than its room begins at its root, as large as can be read; the rest comes by keyboard', async () => {
  const layers = ['Relu', 'Exp', 'Tanh', 'Abs', 'Neg', 'Sqrt', 'Erf', 'Sigmoid', 'Floor', 'Sign', 'Ceil', 'Identity']
  const tall = layers.map((kind, i) => `t${i + 1} = ${kind}(t${i})`).join('\n')
  await drawing(`rule "Tall"\n${tall.replace('(t0)', '(x)')}\ny = Mul(t${layers.length}, x)\n=>\ny = x\n`)
  const room = (await board('Match').boundingBox())!
  const place = async (name: RegExp) => (await part('Match', name).boundingBox())!
  const isSeen = async (name: RegExp): Promise<boolean> => {
    const { y, height } = await place(name)
    return y >= room.y && y + height <= room.y + room.height
  }
  await expect.poll(() => isSeen(/^Mul/)).toBe(true)
  const { height } = await place(/^Mul/)
  expect(await isSeen(/^Relu/)).toBe(false)
  await part('Match', /^Relu/).focus()
  await expect.poll(() => isSeen(/^Relu/)).toBe(true)
  expect((await place(/^Relu/)).height).toBeCloseTo(height, 0)
  await board('Match').getByRole('button', { name: 'Show all' }).click()
  await expect.poll(async () => (await isSeen(/^Mul/)) && (await isSeen(/^Relu/))).toBe(true)
  expect((await place(/^Mul/)).height).toBeLessThan(height)
})
