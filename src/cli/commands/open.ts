import { byteSize, faultsOf, isConstantValue } from '../../engine'
import type { ConstantValue, LayerRecord, NetworkSnapshot, Shape, TensorId } from '../../engine'
import { readArguments } from '../arguments'
import { table } from '../console'
import type { Console } from '../console'
import { networkOf, readModel } from '../files'

export const usage = 'graft open in.onnx [--json]'

/** What a model is: operators, inputs, outputs, weights. */
export function open(argv: readonly string[], console: Console): number {
  const args = readArguments(argv, {}, 1)
  console.progress(`opening ${args.files[0]!}`)
  const { snapshot, warnings, missingExternal } = readModel(args.files[0]!)
  const told = [...warnings, ...faultsOf(networkOf(snapshot))]
  const types = new Map(snapshot.tensors.map((t) => [t.id, t]))
  const value = (id: TensorId, name = types.get(id)!.name) => {
    const { dtype, shape } = types.get(id)!
    return { name, dtype, shape }
  }
  const result = {
    name: snapshot.name,
    dialect: snapshot.dialect,
    opsets: snapshot.opsets,
    nodes: snapshot.layers.length,
    operators: operatorsOf(snapshot.layers),
    weightBytes: weightBytes(snapshot),
    inputs: snapshot.inputs.map((id) => value(id)),
    outputs: snapshot.outputs.map((o) => value(o.tensor, o.name)),
    missingExternal,
    warnings: told,
  }
  console.result(result, () => [
    `${result.name}: ${result.nodes} ${snapshot.dialect === 'tensorrt' ? 'layers of TensorRT' : 'nodes'}, ${(result.weightBytes / 1e6).toFixed(1)} MB of weights${opsetText(snapshot)}`,
    ...table([
      ...result.inputs.map((v) => ['  in', v.name, `${v.dtype ?? '?'}${shapeText(v.shape)}`]),
      ...result.outputs.map((v) => ['  out', v.name, `${v.dtype ?? '?'}${shapeText(v.shape)}`]),
    ]),
    ...table(Object.entries(result.operators).map(([kind, n]) => [`  ${n}`, kind])),
    ...missingExternal.map((name) => `missing: ${name}, which holds weights`),
    ...told.map((w) => `warning: ${w}`),
  ])
  return 0
}

/** How often each kind occurs, the most frequent first. */
export function operatorsOf(layers: readonly LayerRecord[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { kind, removed } of layers) if (!removed) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return Object.fromEntries([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)))
}

/** Constants, and the weights that TensorRT's layers hold. */
function weightBytes({ tensors, layers }: NetworkSnapshot): number {
  let sum = 0
  const count = (value: ConstantValue | undefined): void => {
    sum += value ? (value.byteLength ?? byteSize(value.dtype, value.shape) ?? 0) : 0
  }
  for (const { value } of tensors) count(value)
  for (const { attributes } of layers) for (const a of Object.values(attributes)) if (isConstantValue(a)) count(a)
  return sum
}

function opsetText(snapshot: NetworkSnapshot): string {
  return Object.entries(snapshot.opsets)
    .map(([domain, version]) => `, ${domain || 'opset'} ${version}`)
    .join('')
}

function shapeText(shape: Shape | null): string {
  return shape ? `[${shape.map((d) => d ?? '?').join(',')}]` : ''
}
