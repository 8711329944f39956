import type { FileFacts } from '../facts'

export interface ScriptParts {
  readonly name: string
  readonly weightsFile: string | null
  readonly stronglyTyped: boolean
  readonly profiles: FileFacts['profiles']
  readonly inputs: readonly string[]
  /** Some lines for each layer. */
  readonly layers: readonly string[]
  readonly fedBack: readonly string[]
  readonly outputs: readonly string[]
}

const indented = (lines: readonly string[]): string =>
  lines
    .flatMap((text) => text.split('\n'))
    .map((line) => `    ${line}\n`)
    .join('')

/** What stands around the layers: weights, plugins, loops, and what builds an engine of it. */
export function scriptOf(parts: ScriptParts): string {
  const { name, weightsFile, stronglyTyped, profiles, inputs, layers, fedBack, outputs } = parts
  const title = name.replace(/["\\\r\n]/g, ' ')
  return `"""Builds the TensorRT network "${title}". Written by Graft.

    python ${title.replace(/\s/g, '_')}.py [network.engine]     builds the network, and the engine of it where one is asked for
    from ... import build                    build(network) adds the layers to a network of one's own
"""

import os
import sys

import numpy as np
import tensorrt as trt

NAME = ${JSON.stringify(name)}
WEIGHTS = ${weightsFile === null ? 'None' : JSON.stringify(weightsFile)}
STRONGLY_TYPED = ${stronglyTyped ? 'True' : 'False'}
PROFILES = ${JSON.stringify(profiles)}

# What plugins were made with, by layer name: (field, type, values).
plugin_fields = {}
# TensorRT reads weights when the engine is built: they are to live so long.
_alive = []


def _file():
    if WEIGHTS is None:
        return b""
    return np.memmap(os.path.join(os.path.dirname(os.path.abspath(__file__)), WEIGHTS), np.uint8, "r")


def _weights_of(data):
    bits = {"FLOAT": 32, "INT32": 32, "INT64": 64, "HALF": 16, "BF16": 16, "INT4": 4}

    def weights(dtype, offset, count):
        part = np.ascontiguousarray(data[offset : offset + (count * bits.get(dtype, 8) + 7) // 8])
        _alive.append(part)
        return trt.Weights(getattr(trt.DataType, dtype), part.ctypes.data, count)

    return weights


_NUMPY = {"FLOAT16": np.float16, "FLOAT32": np.float32, "FLOAT64": np.float64, "INT8": np.int8, "INT16": np.int16, "INT32": np.int32, "INT64": np.int64}


def plugin(layer, plugin_type, version, namespace, fields):
    plugin_fields[layer] = fields
    registry = trt.get_plugin_registry()
    find = getattr(registry, "get_creator", None) or registry.get_plugin_creator
    creator = find(plugin_type, version, namespace)
    if creator is None:
        raise RuntimeError("plugin %s %s of namespace %r is not registered: load the library that has it" % (plugin_type, version, namespace))
    made = []
    for name, kind, value in fields:
        if kind == "CHAR":
            data = np.frombuffer(value.encode() + b"\\0", np.int8)
        else:
            data = np.array(value if isinstance(value, list) else [value], _NUMPY.get(kind, np.int32))
        _alive.append(data)
        made.append(trt.PluginField(name, data, getattr(trt.PluginFieldType, kind)))
    return creator.create_plugin(layer, trt.PluginFieldCollection(made))


def build(network):
    """Adds all layers, marks the outputs, and gives the tensors by their names."""
    network.name = NAME
    weights = _weights_of(_file())
    t, makers, loops, conditionals, attentions, ends = {}, {}, {}, {}, {}, {}

    def put(layer, name, outputs, metadata=""):
        layer.name = name
        if metadata:
            layer.metadata = metadata
        for i, output in enumerate(outputs):
            layer.get_output(i).name = output
            t[output] = layer.get_output(i)
            makers[output] = layer

    def loop(name):
        if name not in loops:
            loops[name] = network.add_loop()
            loops[name].name = name
        return loops[name]

    def conditional(name):
        if name not in conditionals:
            conditionals[name] = network.add_if_conditional()
            conditionals[name].name = name
        return conditionals[name]

    def attention(name, *about):
        first = network.num_layers
        attentions[name] = network.add_attention(*about)
        attentions[name].name = name
        bounds = {layer.type: layer for layer in map(network.get_layer, range(first, network.num_layers))}
        ends[name] = bounds[trt.LayerType.ATTENTION_OUTPUT]
        return bounds[trt.LayerType.ATTENTION_INPUT]

    def end_of(name):
        return ends[name]

${indented(inputs)}
${indented(layers)}
${indented(fedBack)}${indented(outputs)}    return t


def main():
    logger = trt.Logger(trt.Logger.WARNING)
    trt.init_libnvinfer_plugins(logger, "")
    builder = trt.Builder(logger)
    flags = 1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED) if STRONGLY_TYPED else 0
    network = builder.create_network(flags)
    build(network)
    print("%s: %d layers" % (NAME, network.num_layers))
    if len(sys.argv) > 1:
        config = builder.create_builder_config()
        for sizes in PROFILES:
            profile = builder.create_optimization_profile()
            for name, (smallest, usual, largest) in sizes.items():
                profile.set_shape(name, smallest, usual, largest)
            config.add_optimization_profile(profile)
        with open(sys.argv[1], "wb") as out:
            out.write(builder.build_serialized_network(network, config))
    return network


if __name__ == "__main__":
    main()
`
}
