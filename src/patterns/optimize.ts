import { RewritePatternManager } from '../engine'
import type { Network, RewriteSummary } from '../engine'
import { managerOf } from './library'
import type { Target } from './library'
import { onnxLibrary } from './onnx-library'
import { FuseAttentionWithBiasPass } from './tensorrt/worked-examples'

/**
 * What the module's `optimize(net)` does: a manager of its own with the built-in patterns, run to the fixpoint. On a TensorRT
 * network that is the fusion of attention with bias, as there; on an ONNX network the library for `target`, without what is off
 * unless chosen.
 * @throws PatternError where a pattern throws; the network is as the last good rewrite left it
 */
export function optimize(network: Network, target: Target = 'ort'): RewriteSummary {
  const manager =
    network.dialect.name === 'tensorrt'
      ? new RewritePatternManager().add('fuse_attention_with_bias', new FuseAttentionWithBiasPass())
      : managerOf(
          onnxLibrary(target).filter((e) => !e.optIn),
          target,
        )
  return manager.rewrite(network)
}
