/** A person reads what a rewrite saves: totals, the chart over the steps, the heat map, with sizes of their own. */
import { bytesInMemory } from '../../src/editor/values/elements'
import { npyParts } from '../../src/editor/values/npy'
import { expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { ConstantValue, snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'
import { choose, meetApp, page, seesMatches, seesModel, seesStep, visit } from './person'

meetApp()

const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name} `) })

test('sizes of one’s own, and what a rewrite makes of them', async () => {
  await visit('none')
  const network = net(
    'in x float32[batch,tokens,8]\nconst w float32[8,8]\nh = MatMul(x, w)\ny = Mul(Mul(h, Add(Erf(Div(h, 1.4142135)), 1)), 0.5)\nout y',
  )
  const buffer = Buffer.from(exportOnnx(snapshotOf(network)).bytes)
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'symbolic.onnx', mimeType: 'application/octet-stream', buffer })
  await seesModel(page, 'symbolic')

  await row('FLOPs').getByText('≥ 0').first().waitFor()
  await page.getByRole('button', { name: 'Sizes: 1 missing' }).click()
  await page
    .getByLabel(/^batch/)
    .and(page.getByPlaceholder('1', { exact: true }))
    .waitFor()
  await page.getByLabel(/^tokens/).fill('100')
  await page.getByText('said', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await row('FLOPs').getByText('16.8 k').first().waitFor()
  await row('launches').getByText('6', { exact: true }).first().waitFor()

  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 1)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await row('launches').getByText('→ 2').waitFor()
  await page.getByRole('button', { name: /^1 Gelu \(erf\).*−4 launches/ }).waitFor()
})

test('the chart says where the network stands, and goes where it is clicked', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await page.keyboard.press('1')
  await seesStep(page, 2, 2)
  const chart = page.getByRole('slider', { name: 'Kernel launches over the steps' })
  expect(await chart.getAttribute('aria-valuetext')).toBe('step 2 of 2: 387, 395 originally')
  await chart.click({ position: { x: 2, y: 10 } })
  await seesStep(page, 0, 2)
  await chart.press('ArrowRight')
  await seesStep(page, 1, 2)
  await page.getByRole('combobox', { name: 'Metric of the chart' }).selectOption({ label: 'Activations moved' })
  await page.getByRole('slider', { name: 'Activations moved over the steps' }).waitFor()
})

test('a heat map has numbers and a legend, by keyboard too, and an analyzer colours what it finds', async () => {
  await visit('mobilenetv3-small.torchscript')
  await page.getByRole('combobox', { name: 'Heat map' }).selectOption({ label: 'FLOPs' })
  await page.getByRole('img', { name: /^Legend: from .*FLOP to .*kFLOP on a logarithmic scale$/ }).waitFor()
  await page.locator('.heat-badge').first().waitFor()
  await page.getByRole('button', { name: 'Zoom in' }).focus()
  await page.keyboard.press('h')
  await page.getByRole('img', { name: /^Legend: from .*B to .*kB/ }).waitFor()
  await page.getByRole('combobox', { name: 'Heat map' }).selectOption({ label: 'Squeeze and excite' })
  await page.getByRole('img', { name: /^Legend: from \d+ to \d+$/ }).waitFor()
  // The same numbers stand beside its matches.
  await expect.poll(() => page.locator('.match-value').first().innerText()).toMatch(/^\d+$/)
  // Another pattern has no values of its own: no tint is left, and none is named.
  await page.getByRole('button', { name: /^Conv\+BatchNorm \d/ }).click()
  await page.getByRole('img', { name: /^Legend/ }).waitFor({ state: 'detached' })
  expect(await page.getByRole('combobox', { name: 'Heat map' }).inputValue()).toBe('')
})

/** Zeros, as NumPy keeps them. */
async function npy(dtype: 'int32' | 'int64', shape: readonly number[]): Promise<Buffer> {
  const size = shape.reduce((a, b) => a * b, 1)
  const value = ConstantValue.of(dtype, shape, new Float64Array(size))
  const parts = await npyParts({ dtype, shape, bytes: bytesInMemory(value.bytes!) })
  return Buffer.from(await new Blob(parts).arrayBuffer())
}

test('the inspector says what a layer costs, and what all of a group does', async () => {
  await visit('bert-12.torchscript')
  const cost = page.getByRole('region', { name: 'Cost of one run' })
  await page.keyboard.press('/')
  await page.keyboard.type('layer.0/intermediate/dense/MatMul')
  await page
    .getByRole('option', { name: /intermediate\/dense\/MatMul/ })
    .first()
    .waitFor()
  await page.keyboard.press('Enter')
  // 2 · 16 · 64 · 256
  await cost.getByText('524 kFLOP').waitFor()
  await cost.getByText('65.5 kB').waitFor()
  // Its weight opens as a table, any two axes of it, and as a file.
  await page.getByRole('button', { name: 'onnx::MatMul_1291' }).click()
  await page.getByRole('button', { name: 'Show elements' }).click()
  const weight = page.getByRole('dialog', { name: 'onnx::MatMul_1291' })
  await weight.getByText('16,384').waitFor()
  await weight.getByRole('img', { name: /^Histogram from −0\.07/ }).waitFor()
  const first = weight.getByRole('cell').first()
  await expect.poll(() => first.innerText()).toBe('−0.010075')
  await weight.getByLabel('Go to row').fill('63')
  await weight.getByRole('rowheader', { name: '63', exact: true }).waitFor()
  await weight.getByRole('combobox', { name: 'Rows' }).selectOption({ label: 'axis 1 (256)' })
  expect(await weight.getByRole('combobox', { name: 'Columns' }).inputValue()).toBe('0')
  const saved = page.waitForEvent('download')
  await weight.getByRole('button', { name: 'Save as .npy' }).click()
  expect((await saved).suggestedFilename()).toBe('onnx_MatMul_1291.npy')
  await page.keyboard.press('Escape')
  await weight.waitFor({ state: 'hidden' })
  // And what a computed tensor is, once the network has been run: on a file that fits, and not on one that does not.
  await page.keyboard.press('u')
  const run = page.getByRole('dialog', { name: 'Run the network' })
  const ids = run.getByLabel('File for input_ids')
  await ids.setInputFiles({ name: 'ids.npy', mimeType: '', buffer: await npy('int32', [1, 16]) })
  await run.getByRole('button', { name: 'Run', exact: true }).click()
  await run
    .getByText(/ids\.npy cannot be given to input_ids: it holds i32\[1,16\], the input takes i64\[1,16\]/)
    .waitFor()
  await ids.setInputFiles({ name: 'ids.npy', mimeType: '', buffer: await npy('int64', [1, 16]) })
  await run.getByRole('button', { name: 'Run', exact: true }).click()
  await run.getByText('448 tensors computed').waitFor()
  await run.getByRole('button', { name: 'elements' }).first().click()
  const given = page.getByRole('dialog', { name: 'input_ids' })
  await given.getByText('16 (100.0 %)').waitFor()
  await page.keyboard.press('Escape')
  await given.waitFor({ state: 'hidden' })
  await page
    .getByRole('group', { name: 'Group intermediate, open' })
    .first()
    .click({ position: { x: 80, y: 8 } })
  await cost.getByText('7', { exact: true }).waitFor()
})
