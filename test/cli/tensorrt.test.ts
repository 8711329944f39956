/** `--dialect tensorrt`: a model in TensorRT's layers, from the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { main } from '../../src/cli/main'
import { exportOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-trt-'))
const at = (name: string): string => path.join(folder, name)
const TEXT =
  'in x float32[2,N,8]\nconst w float32[4,8]\nm = Mod<fmod=1>(x, 2)\ny = MatMul(m, Transpose<perm=[1,0]>(w))\nout y'
writeFileSync(at('in.onnx'), exportOnnx(snapshotOf(net(TEXT, 17))).bytes)
afterAll(() => rmSync(folder, { recursive: true }))

async function graft(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(out.push(String(text)))),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(err.push(String(text)))),
  ]
  try {
    const code = await main(argv)
    return { code, out: out.join(''), err: err.join('') }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

test('a model is converted: its layers are counted, and what became a plugin is told', async () => {
  const { code, out } = await graft('convert', at('in.onnx'), '--dialect', 'tensorrt', '-o', at('out.onnx'), '--json')
  const told = JSON.parse(out) as { layers: Record<string, number>; plugins: { operator: string; reason: string }[] }
  expect([code, told.layers['MATRIX_MULTIPLY'], told.plugins.map((p) => p.operator)]).toEqual([0, 1, ['Mod']])
  expect((await graft('verify', at('in.onnx'), at('out.onnx'))).out).toMatch(/^equal/)
})

test('a model is rewritten in that dialect, and is equal', async () => {
  const { code, out } = await graft(
    'rewrite',
    at('in.onnx'),
    '-o',
    at('new.onnx'),
    '--dialect',
    'tensorrt',
    '--verify',
    '--verify-steps',
  )
  expect(out).toMatch(/Transpose into a matrix multiply/)
  expect(out).toMatch(/whole model: equal/)
  expect(out).toMatch(/steps: \d+ equal, 0 different, 0 cannot be run/)
  expect(code).toBe(0)
})

test('another dialect is refused', async () => {
  const { code, err } = await graft('convert', at('in.onnx'), '--dialect', 'tflite')
  expect([code, err]).toEqual([2, expect.stringContaining('--dialect is onnx or tensorrt, not tflite')])
})
