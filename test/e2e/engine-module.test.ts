import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('Node imports the engine as graft/engine and rewrites with it', () => {
  const program = `
    import { genericDialect, Network, RewritePatternManager, RulePattern } from 'graft/engine'
    const network = new Network(genericDialect)
    const x = network.addInput('x', 'float32', [4])
    const y = network.addLayer({ kind: 'Mul', inputs: [x, network.addLayer({ kind: 'Sigmoid', inputs: [x] }).output()] })
    network.markOutput(y.output(), 'y')
    new RewritePatternManager().add('silu', new RulePattern('y = Mul(x, Sigmoid(x))\\n=>\\ny = Swish(x)')).rewrite(network)
    console.log(network.getLayers().map((l) => l.kind).join())`
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(printed.trim()).toBe('Swish')
})
