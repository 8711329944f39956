/** `--dialect tensorrt`: a model in TensorRT's layers, from the command line. */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { exportOnnx } from '../../src/dialects/onnx'
import { snapshotOf } from '../../src/engine'
import { net } from '../patterns/notation'
import { graft } from './graft'

const folder = mkdtempSync(path.join(tmpdir(), 'graft-trt-'))
const at = (name: string): string => path.join(folder, name)
const TEXT =
  'in x float32[2,N,8]\nconst w float32[4,8]\nm = Mod<fmod=1>(x, 2)\ny = MatMul(m, Transpose<perm=[1,0]>(w))\nout y'
writeFileSync(at('in.onnx'), exportOnnx(snapshotOf(net(TEXT, 17))).bytes)
afterAll(() => rmSync(folder, { recursive: true }))

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

const DUMP = 'test/cases/trtllm/llama-2layer.plugin.network.onnx'

test('a dump of trtllm-build opens as the layers that it was written from', async () => {
  const { code, out } = await graft('open', DUMP)
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/285 layers of TensorRT[\s\S]*MATRIX_MULTIPLY[\s\S]*not in this file/),
  ])
  expect((await graft('cost', DUMP)).code).toBe(0)
  expect((await graft('match', DUMP, '--patterns', 'all')).code).toBe(0)
})

test('a dump is rewritten as a network of TensorRT, and what needs its weights cannot be run', async () => {
  const args = [
    'rewrite',
    DUMP,
    '-o',
    at('dump.graft-trt'),
    '--patterns',
    'all',
    '--verify',
    '--trace',
    at('dump.json'),
  ]
  const { code, out } = await graft(...args, '--force')
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/whole model: cannot be run: the original network.* not known/),
  ])
  expect((await graft('open', at('dump.graft-trt'))).out).toMatch(/layers of TensorRT/)
  expect((await graft('trace', DUMP, at('dump.json'))).code).toBe(0)
  const script = await graft('convert', at('dump.graft-trt'), '-o', at('dump.py'))
  expect([script.code, script.err]).toEqual([1, expect.stringMatching(/The weights .* are not known/)])
  expect(existsSync(at('dump.py'))).toBe(false)
})

test('from ONNX to a network file and on to a script, equal all the way', async () => {
  expect((await graft('convert', at('in.onnx'), '--dialect', 'tensorrt', '-o', at('net.graft-trt'))).code).toBe(0)
  const { code, out } = await graft(
    'rewrite',
    at('net.graft-trt'),
    '-o',
    at('new.graft-trt'),
    '--verify',
    '--verify-steps',
  )
  expect([code, out]).toEqual([0, expect.stringMatching(/Transpose into a matrix multiply[\s\S]*whole model: equal/)])
  expect((await graft('verify', at('in.onnx'), at('new.graft-trt'))).out).toMatch(/^equal/)
  const weights = readFileSync(at('new.weights'))
  expect((await graft('rewrite', at('new.graft-trt'), '-o', at('new.py'))).code).toBe(0)
  // A script of the same name leaves the weights of the network file as they are.
  expect(readFileSync(at('new.weights')).equals(weights)).toBe(true)
  expect(readFileSync(at('new.py'), 'utf8')).toContain('new.py.weights')
  expect(readFileSync(at('new.py'), 'utf8')).toMatch(
    /network\.add_matrix_multiply\(.*trt\.MatrixOperation\.TRANSPOSE\)/,
  )
  expect((await graft('convert', at('new.graft-trt'), '-o', at('raised.onnx'))).code).toBe(0)
  expect((await graft('verify', at('in.onnx'), at('raised.onnx'))).out).toMatch(/^equal/)
})

test('rules and classes of TensorRT layers are tried where they match a network of them', async () => {
  await graft('convert', at('in.onnx'), '--dialect', 'tensorrt', '-o', at('tried.graft-trt'))
  const turned = (name: string, right: string): string => {
    const left = 't = SHUFFLE<...$a>(w)\ny = MATRIX_MULTIPLY<op0="NONE", op1="NONE">(x, t)'
    writeFileSync(at(`${name}.rules`), `rule "${name}"\n${left}\n=>\n${right}\n`)
    return at(`${name}.rules`)
  }
  const same = turned('same', 't = SHUFFLE<...$a>(w)\ny = MATRIX_MULTIPLY<op0="NONE", op1="NONE">(x, IDENTITY(t))')
  expect((await graft('test', same)).out).toMatch(/^same: cannot be run: networks of TensorRT layers are not drawn/)
  const wrong = turned('wrong', 'y = MATRIX_MULTIPLY<op0="NONE", op1="NONE">(x, UNARY<op="NEG">(SHUFFLE<...$a>(w)))')
  const { code, out } = await graft('test', wrong, at('tried.graft-trt'), '--counterexamples', at('found'))
  expect([code, out]).toEqual([1, expect.stringMatching(/^wrong: differs: [^]*MATRIX_MULTIPLY[^]*wrong\.before\.onnx/)])
  expect((await graft('open', at('found/wrong.before.onnx'))).out).toMatch(/MatMul/)
})

test('weights that are not beside a network file are asked for', async () => {
  await graft('convert', at('in.onnx'), '--dialect', 'tensorrt', '-o', at('lone.graft-trt'))
  renameSync(at('lone.weights'), at('gone.weights'))
  const { code, err } = await graft('rewrite', at('lone.graft-trt'), '-o', at('x.graft-trt'))
  expect([code, err]).toEqual([2, expect.stringMatching(/weights are missing, lone\.weights/)])
})

test('an ONNX model is written as no network of TensorRT before it is one', async () => {
  const { code, err } = await graft('rewrite', at('in.onnx'), '-o', at('x.graft-trt'))
  expect([code, err]).toEqual([1, expect.stringMatching(/network of onnx.*lower it first/)])
})

const ENGINE = 'test/cases/engine/resnet-fp16.graph.json'

test('an engine is listed by time, and laid over a network', async () => {
  const times = ['--profile', 'test/cases/engine/resnet-fp16.profile.json']
  const { code, out } = await graft('engine', ENGINE, ...times)
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/36 kernels, 1\.017 ms\n +0\.112 ms +CaskConvolution +float16 +Conv_0/),
  ])
  expect((await graft('engine', ENGINE, '--over', at('in.onnx'))).out).toMatch(/is the engine of another model\?/)
  const text = 'in x float32[1,3,8,8]\na = Sigmoid(x)\nb = Relu(a)\nout b'
  const named = net(text, 17)
  const [first, second] = named.getLayers()
  named.renameLayer(first!, 'Conv_0')
  expect(second!.name).toBe('Relu_1')
  writeFileSync(at('named.onnx'), exportOnnx(snapshotOf(named)).bytes)
  const over = await graft('engine', ENGINE, '--over', at('named.onnx'))
  expect(over.out).toMatch(/2 layers are run by kernels[\s\S]*one kernel there, 2 layers here: Conv_0, Relu_1/)
  expect(await graft('engine', at('in.onnx'))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/is no JSON/) as string,
  })
})

test('a profile of another engine is told', async () => {
  const layers = 'test/cases/engine/notebook.layer_info.json'
  const { out } = await graft('engine', layers, '--profile', 'test/cases/engine/resnet-fp16.profile.json')
  expect(out).toContain('resnet-fp16.profile.json: none of its names is a kernel here')
  expect((await graft('engine', layers)).out).not.toContain('profile')
})

test('a damaged model is lowered as far as it goes', async () => {
  const args = ['test/cases/fuzz/fuzz-17641-loop.onnx', '--dialect', 'tensorrt', '-o', at('damaged.graft-trt')]
  for (const command of ['convert', 'rewrite']) {
    const { code, out, err } = await graft(command, ...args)
    expect([code, out + err]).toEqual([0, expect.stringContaining("what TensorRT's layers make of Shape has no ys")])
  }
})

test('another dialect is refused', async () => {
  const { code, err } = await graft('convert', at('in.onnx'), '--dialect', 'tflite')
  expect([code, err]).toEqual([2, expect.stringContaining('--dialect is onnx or tensorrt, not tflite')])
})

test('names that would steer a terminal are written out', async () => {
  const { code } = await graft('convert', at('in.onnx'), '--dialect', 'tensorrt', '-o', at('odd.graft-trt'))
  expect(code).toBe(0)
  const name = '\u001b]0;title\u0007\u001b[31mred\nline'
  writeFileSync(at('odd.graft-trt'), readFileSync(at('odd.graft-trt'), 'utf8').replaceAll('"x"', JSON.stringify(name)))
  const { out } = await graft('open', at('odd.graft-trt'))
  expect(out).toContain('\\x1b]0;title\\x07\\x1b[31mred\\nline')
  expect(out).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
})
