import axe from 'axe-core'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { importOnnx } from '../../src/dialects/onnx'
import { asksPalette, choose, meetApp, page, seesMatches, seesModel, visit } from './person'

meetApp()

const pick = (name: string, bytes: Uint8Array) =>
  page
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) })
const toGallery = async () => {
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByRole('dialog', { name: 'Open a model' }).waitFor()
}

describe('opening', () => {
  test('a model from the gallery replaces the one on screen', async () => {
    await visit('bert-12.torchscript')
    await toGallery()
    await page.getByRole('button', { name: /^ResNet-50/ }).click()
    await seesModel(page, 'resnet-50')
  })

  test('a file of one’s own', async () => {
    await visit('none')
    await page.keyboard.press('o')
    await pick('mine.onnx', readFileSync('public/models/mobilenetv3-small.torchscript.onnx'))
    await seesModel(page, 'mine')
  })

  test('random bytes, half a model or nothing say what is wrong, and the model on screen stays', async () => {
    await visit('resnet-50.torchscript')
    for (const bytes of [
      new Uint8Array(5000).map((_, i) => (i * 7919) % 251),
      readFileSync('public/models/bert-12.torchscript.onnx').subarray(0, 1_000_000),
      new Uint8Array(0),
    ]) {
      await toGallery()
      await pick('broken.onnx', bytes)
      await page.getByRole('alert').getByText('broken.onnx could not be opened').waitFor()
      await page.locator('.model-name strong', { hasText: 'resnet-50' }).waitFor()
      await page.getByRole('button', { name: 'Dismiss' }).click()
      await page.getByRole('alert').waitFor({ state: 'detached' })
      expect(await page.locator('.react-flow__node').count()).toBeGreaterThan(3)
    }
  })

  test('can be cancelled, and the model on screen stays', async () => {
    await visit('resnet-50.torchscript')
    await page.route('**/llama-80*', () => undefined)
    await toGallery()
    await page.getByRole('button', { name: /^Llama, 80/ }).click()
    await page.getByRole('progressbar').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('progressbar').waitFor({ state: 'detached' })
    await page.locator('.model-name strong', { hasText: 'resnet-50' }).waitFor()
  })
})

test('what is exported opens again, with the rewrites in it', async () => {
  await visit('bert-12.torchscript')
  await choose(page, 'Gelu (erf)')
  await seesMatches(page, 12)
  await page.keyboard.press('1')
  await page.getByText('step 1 of 1', { exact: true }).waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export ONNX' }).click()
  const { snapshot } = importOnnx(new Uint8Array(readFileSync(await (await download).path())))
  expect(snapshot.layers.filter((l) => l.kind.endsWith('Gelu'))).toHaveLength(1)
  expect(snapshot.layers).toHaveLength(444)
})

describe('finding the way', () => {
  test('search goes to a layer, and the inspector leads from it along its inputs and outputs', async () => {
    await visit('bert-12.torchscript')
    const whereTheViewIs = page.getByRole('navigation', { name: 'Where the view is' })
    await whereTheViewIs.waitFor({ state: 'hidden' })
    await asksPalette(page, 'softmax layer.3')
    await page.getByRole('option', { name: /Softmax.*layer\.3/ }).click()
    await whereTheViewIs.getByRole('button', { name: 'layer.3' }).waitFor()
    const inspector = page.getByRole('region', { name: 'Selected' })
    await inspector.getByText('/m/encoder/layer.3/attention/self/Softmax', { exact: true }).waitFor()
    await page.getByRole('group', { name: /^Softmax/ }).waitFor()
    await inspector.getByRole('button', { name: 'MatMul' }).click()
    await inspector
      .getByText(/layer\.3\/attention\/self\/MatMul/)
      .first()
      .waitFor()
    // A tensor by the inspector and the keyboard, then one by its line.
    await inspector.getByRole('button', { name: '/m/encoder/layer.3/attention/self/Softmax_output_0' }).click()
    await inspector.getByText('tensor f32[1,4,16,16]').waitFor()
    await page.keyboard.press('<')
    await inspector.getByRole('region', { name: 'Inputs' }).waitFor()
    const softmax = await page.getByRole('group', { name: /^Softmax/ }).boundingBox()
    await page.mouse.click(softmax!.x + softmax!.width / 2, softmax!.y + softmax!.height + 6)
    await inspector.getByRole('region', { name: 'Comes from' }).getByRole('button', { name: 'Softmax' }).waitFor()
    // Two layers, and what lies between them; then all in a frame.
    await page.getByRole('group', { name: /^Softmax/ }).click()
    await inspector.getByRole('region', { name: 'Inputs' }).waitFor()
    await page.keyboard.press('<')
    await inspector.getByText('Add', { exact: true }).waitFor()
    await page.getByRole('group', { name: /^Softmax/ }).click({ modifiers: ['Shift'] })
    await inspector.getByText('2 layers', { exact: true }).waitFor()
    const tree = page.getByRole('tree', { name: 'Layers by module' })
    await tree.getByRole('treeitem', { name: 'Softmax', selected: true }).waitFor()
    await inspector.getByRole('button', { name: 'Light the paths between the two' }).click()
    await inspector.getByRole('button', { name: 'select these 2' }).click()
    const canvas = (await page.locator('.react-flow__pane').boundingBox())!
    await page.keyboard.down('Shift')
    await page.mouse.move(canvas.x + 8, canvas.y + 8)
    await page.mouse.down()
    await page.mouse.move(canvas.x + canvas.width - 8, canvas.y + canvas.height - 8, { steps: 3 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    await inspector.getByText(/^(\d+ selected, )?\d+ layers$/).waitFor()
    await inspector.getByRole('region', { name: 'Operators' }).getByText('Softmax').waitFor()
    await inspector.getByRole('button', { name: 'Show only these' }).click()
    await page.getByText(/^\d+ of 448 layers shown$/).waitFor()
    await page.getByRole('button', { name: 'Show all', exact: true }).click()
    await page.getByText(/^\d+ of 448 layers shown$/).waitFor({ state: 'hidden' })
  })

  test('a group opens by Enter and closes again', async () => {
    await visit('llama-80.torchscript')
    const closed = page.getByRole('group', { name: /^Group layers\.0, closed/ })
    await asksPalette(page, 'layers.0')
    await page.getByRole('option', { name: /^module.*layers\.0$/ }).click()
    await closed.focus()
    await page.keyboard.press('Enter')
    const open = page.getByRole('group', { name: /^Group layers\.0, open/ })
    await open.waitFor()
    await open.focus()
    await page.keyboard.press('Enter')
    await closed.waitFor()
  })

  test('the outline lists modules and leads to them', async () => {
    await visit('bert-12.torchscript')
    const tree = page.getByRole('tree', { name: 'Layers by module' })
    await tree.focus()
    await page.keyboard.press('End')
    await tree.getByRole('treeitem', { name: /^layers in no module/ }).waitFor()
    await page.keyboard.press('ArrowRight')
    await tree.getByRole('treeitem', { name: /^layers in no module/, expanded: true }).waitFor()
    await page.keyboard.press('End')
    await tree.getByRole('treeitem', { selected: false }).last().click()
    await page.getByRole('region', { name: 'Selected' }).locator('.inspector-title').waitFor()
  })

  test('colours follow the system, and the switch overrides it', async () => {
    await visit('bert-12.torchscript', { colorScheme: 'dark' })
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const dark = await background()
    await page.getByRole('button', { name: 'Colours: system' }).click()
    expect(await background()).not.toBe(dark)
    await page.getByRole('button', { name: 'Colours: light' }).click()
    expect(await background()).toBe(dark)
  })
})

describe('accessibility, in light and in dark', () => {
  const found = (rules?: readonly string[]) =>
    page.evaluate(
      async ([source, rules]) => {
        const load = new Function(`${source}; return window.axe`) as () => {
          run: (options: object) => Promise<{ violations: Finding[] }>
        }
        interface Finding {
          id: string
          impact: string
          nodes: { html: string }[]
        }
        const { violations } = await load().run({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) })
        return violations
          .filter((v) => v.impact === 'serious' || v.impact === 'critical')
          .map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 160)} (${v.nodes.length})`)
      },
      [axe.source, rules] as const,
    )
  /** Between the two only colours differ. */
  const serious = async () => {
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await found()
    await page.emulateMedia({ colorScheme: 'dark' })
    return [...light, ...(await found(['color-contrast'])).map((finding) => `dark: ${finding}`)]
  }

  test('no serious findings on the start page with and without something that was open', async () => {
    await visit('none', { bypassCSP: true })
    expect(await serious()).toEqual([])
    await page.getByRole('button', { name: /^BERT, 12 layers torchscript/ }).click()
    await seesModel(page, 'bert-12')
    await page.getByRole('banner').getByText('saved', { exact: true }).waitFor()
    await page.getByRole('banner').getByRole('button', { name: 'Graft' }).click()
    await page.getByRole('button', { name: /^bert-12.torchscript no steps yet/ }).waitFor()
    expect(await serious()).toEqual([])
  })

  test('no serious findings while a near miss is explained', async () => {
    await visit('gpt2-12.torchscript', { bypassCSP: true })
    await choose(page, 'Gelu (erf)')
    await page.getByRole('button', { name: /12 places, one cause/ }).click()
    await page.getByText('place 1 of 12').waitFor()
    expect(await serious()).toEqual([])
  })

  test('no serious findings in the export menu, nor while presenting with the play list open', async () => {
    await visit('bert-12.torchscript&patterns=Gelu+(erf)&step=1', { bypassCSP: true })
    await page.getByText('step 1 of 12', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Save, share or export as …' }).click()
    await page.getByRole('menuitem', { name: /Present/ }).waitFor()
    expect(await serious()).toEqual([])
    await page.getByRole('menuitem', { name: /Present/ }).click()
    await page.getByRole('button', { name: 'Play list' }).click()
    await page.getByRole('heading', { name: 'Played one after the other' }).waitFor()
    expect(await serious()).toEqual([])
  })

  test('no serious findings with a match shown, nor in the gallery, the palette and the shortcuts', async () => {
    await visit('bert-12.torchscript', { bypassCSP: true })
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await page.keyboard.press('1')
    await page.getByText('step 1 of 1', { exact: true }).waitFor()
    expect(await serious()).toEqual([])
    for (const [key, name] of [
      ['o', 'Open a model'],
      ['?', 'Keyboard shortcuts'],
      ['Control+k', ''],
    ] as const) {
      await page.keyboard.press(key)
      await page.getByRole('dialog', name ? { name } : {}).waitFor()
      expect(await serious(), name || 'palette').toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.keyboard.press('r')
    await page.getByText(/in this network$/).waitFor()
    expect(await serious(), 'a rule that is written').toEqual([])
  })
})
