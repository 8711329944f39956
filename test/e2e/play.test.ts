import { describe, expect, test } from 'vitest'
import {
  asksPalette,
  choose,
  countOf,
  meetApp,
  nodesInView,
  page,
  seesEnd,
  seesMatches,
  seesStep,
  seesStill,
  visit,
} from './person'

meetApp()

const layers = (n: number) =>
  page
    .locator('.model-name')
    .getByText(new RegExp(`· ${n} layers$`))
    .waitFor()

describe('BERT and Gelu', () => {
  test('play all twelve, step back to the start, and forward again', async () => {
    await visit('bert-12.torchscript')
    await layers(448)
    expect(await countOf(page, 'Gelu (erf)')).toBe(12)
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await page.getByLabel('Speed').selectOption('4')
    await page.getByRole('button', { name: 'Play all' }).click()
    await seesEnd(page, 12)
    await layers(400)
    expect(await countOf(page, 'Gelu (erf)')).toBe(0)

    for (let at = 11; at >= 0; at--) {
      await page.keyboard.press('ArrowLeft')
      await page.getByText(`step ${at} of 12`, { exact: true }).waitFor()
    }
    await layers(448)
    expect(await countOf(page, 'Gelu (erf)')).toBe(12)
    for (let at = 1; at <= 12; at++) {
      await page.keyboard.press('ArrowRight')
      await page.getByText(`step ${at} of 12`, { exact: true }).waitFor()
    }
    await seesStep(page, 12, 12)
    await layers(400)
  })

  test('undoing a step restores every place', async () => {
    await visit('bert-12.torchscript')
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await page.keyboard.press('n')
    await page.getByRole('group', { name: /^Erf/ }).first().waitFor()
    await seesStill(page)
    const before = await nodesInView(page)
    await page.keyboard.press('1')
    await seesStep(page, 1, 1)
    await page.getByRole('group', { name: /^Gelu/ }).first().waitFor()
    await seesStill(page)
    const after = await nodesInView(page)
    expect([...after.values()].some((n) => n.name.startsWith('Erf'))).toBe(false)

    await page.keyboard.press('ArrowLeft')
    await seesStep(page, 0, 1)
    await page.getByRole('group', { name: /^Erf/ }).first().waitFor()
    await seesStill(page)
    const back = await nodesInView(page)
    const kept = [...before].filter(([key]) => back.has(key))
    expect(kept.length).toBeGreaterThan(4)
    for (const [key, n] of kept) expect(back.get(key)).toEqual(n)
  })

  test('stepping faster than the clock lands in the right state', async () => {
    await visit('bert-12.torchscript')
    await choose(page, 'Gelu (erf)')
    await seesMatches(page, 12)
    await page.getByLabel('Speed').selectOption('0.25')
    await page.getByRole('heading', { name: 'Timeline' }).click()
    for (let i = 0; i < 5; i++) await page.keyboard.press('1')
    await page.getByText('step 5 of 5', { exact: true }).waitFor()
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowLeft')
    await page.getByText('step 2 of 5', { exact: true }).waitFor()
    await layers(440)
    await page.keyboard.press('End')
    await page.getByText('step 5 of 5', { exact: true }).waitFor()
    await layers(428)
  })

  test('the whole path by keyboard alone', async () => {
    await visit('none')
    await page.keyboard.press('o')
    await page.getByRole('dialog', { name: 'Open a model' }).waitFor()
    const bert = page.getByRole('button', { name: /^BERT, 12 layers torchscript/ })
    await bert.waitFor()
    await bert.press('Enter')
    await layers(448)
    await asksPalette(page, 'gelu (erf)')
    await page.getByRole('option', { name: /Gelu \(erf\)/, selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await seesMatches(page, 12)
    await page.keyboard.press('n')
    await page.keyboard.press('n')
    await page.getByRole('group', { name: /^Erf/ }).first().waitFor()
    await page.keyboard.press('Enter')
    await seesStep(page, 1, 1)
    await page.keyboard.press('Control+z')
    await seesStep(page, 0, 1)
    await page.keyboard.press(' ')
    await seesEnd(page, 1)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
  })
})

test('ResNet-50: Conv and BatchNormalization become one', async () => {
  await visit('resnet-50.torchscript')
  const pattern = page.getByRole('button', { name: /^Conv ?\+ ?Batch.* 53 matches/ })
  await pattern.waitFor()
  await pattern.click()
  await seesMatches(page, 53)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await seesMatches(page, 52)
})

test('GPT attention: padding is removed once, and a new input appears', async () => {
  await visit('gpt-attention')
  await choose(page, 'Remove padding')
  await seesMatches(page, 1)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await seesMatches(page, 0)
  await page.getByRole('group', { name: /^qkv, input/ }).waitFor()
})

test('Llama-80 opens closed, and RMSNorm plays on it', async () => {
  await visit('llama-80.torchscript')
  await layers(5971)
  expect(await countOf(page, 'RMSNorm')).toBe(161)
  await choose(page, 'RMSNorm')
  await seesMatches(page, 161)
  await page.keyboard.press('1')
  await seesStep(page, 1, 1)
  await seesMatches(page, 160)
  await page.getByLabel('Speed').selectOption('4')
  await page.getByRole('button', { name: 'Play all' }).click()
  await page.getByText(/^step ([4-9]|\d{2,}) of 161$/).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.keyboard.press('End')
  await page.getByText('step 161 of 161', { exact: true }).waitFor()
  await seesMatches(page, 0)
})
