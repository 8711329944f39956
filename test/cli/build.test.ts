/** `graft build`: a network that is written in TypeScript, as a file. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { graft } from './graft'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-build-'))
const at = (name: string): string => path.join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const build = (code: string, output = 'net.graft-trt') => {
  writeFileSync(at('net.ts'), code)
  return graft('build', at('net.ts'), '-o', at(output))
}

const FUNCTIONALS = `
import { netGuard, Network } from 'graft/engine'
import { add, input, matmul, softmax, tensorrtDialect } from 'graft/tensorrt'

export default function build(name: string): Network {
  const network = new Network(tensorrtDialect, { name })
  return netGuard(network, () => {
    const x = input('x', 'float32', ['batch', 4])
    const y = softmax(matmul(x, add(x, 1), { transb: true }), -1)
    network.markOutput(y, 'y')
    return network
  })
}
`
const MODULES = `
import { fuseGateMlp, LLaMAForCausalLM } from 'graft/tensorrt'
export const model = new LLaMAForCausalLM({ numLayers: 1, hiddenSize: 8, numHeads: 2, vocabSize: 16, maxPositions: 8, attention: 'plain' })
fuseGateMlp(model)
`

test('functionals make a network that opens, is rewritten and checked', async () => {
  const { code, out } = await build(FUNCTIONALS)
  expect([code, out]).toEqual([0, expect.stringMatching(/^net: \d+ layers[\s\S]*MATRIX_MULTIPLY[\s\S]*written to/)])
  expect((await graft('open', at('net.graft-trt'))).out).toMatch(/in +x +float32\[batch,4\]/)
  expect((await graft('rewrite', at('net.graft-trt'), '-o', at('new.graft-trt'), '--verify')).out).toMatch(
    /whole model: equal/,
  )
})

test('a model of modules is built, and goes out as a script and as ONNX', async () => {
  expect((await build(MODULES, 'llama.py')).code).toBe(0)
  expect((await build(MODULES, 'llama.onnx')).code).toBe(0)
  expect((await graft('open', at('llama.onnx'))).out).toMatch(/out +logits/)
})

test('module rewriting: two networks, of gated MLPs and of fused ones, that verify finds equal', async () => {
  expect((await build(MODULES.replace('fuseGateMlp(model)', ''), 'gated.graft-trt')).code).toBe(0)
  expect((await build(MODULES, 'fused.graft-trt')).code).toBe(0)
  const { code, out } = await graft('verify', at('gated.graft-trt'), at('fused.graft-trt'))
  expect([code, out]).toEqual([0, expect.stringMatching(/equal/)])
})

test.each([
  ['what is no TypeScript', 'export default function {', /net\.ts:1:\d+: this is no TypeScript/],
  [
    'an import of something else',
    "import fs from 'node:fs'\nexport default fs",
    /net\.ts:1:\d+: node:fs cannot be imported/,
  ],
  ['no export', 'const x = 1', /it exports no network/],
  ['a number', 'export default 3', /it exports no network/],
  ['a function that makes no network', 'export default () => 3', /makes no network/],
  [
    'two networks',
    "import { gptAttentionNetwork as a } from 'graft/tensorrt'\nexport const x = a()\nexport const y = a()",
    /exports 2 networks/,
  ],
  ['an error on the way', "export default () => {\n  throw new Error('of mine')\n}", /net\.ts:2:\d+: .*of mine/],
  [
    'no output',
    "import { Network } from 'graft/engine'\nimport { tensorrtDialect } from 'graft/tensorrt'\nexport default new Network(tensorrtDialect, { name: 'n' })",
    /it has no output/,
  ],
])('%s is said, and nothing is written', async (_, code, message) => {
  const { code: exit, err } = await build(code, 'nothing.graft-trt')
  expect([exit, err]).toEqual([2, expect.stringMatching(message)])
  expect(existsSync(at('nothing.graft-trt'))).toBe(false)
})
