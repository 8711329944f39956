"""Writes a TensorRT network as `network.graft-trt`, which Graft opens, with its weights in a file beside it.

Needs nothing but TensorRT's own Python module. After the network is made and before the engine is built:

    from dump_network import dump_network
    dump_network(network, "model.graft-trt")

For a network of TensorRT-LLM give its `Network`: the calls of its functionals (FLayerInfo) and the fields of its plugins go along:

    dump_network(trtllm_network, "model.graft-trt")

What TensorRT does not tell - the fields of a plugin that was made elsewhere, weights of types that numpy lacks - is written as not known;
`plugin_fields` ({layer name: [(field, type, values)]}) and `weights` ({layer name: bytes}) say it.
"""

import ctypes
import enum
import json
import math
import os
import struct
import sys

import tensorrt as trt

VERSION = 1
ALIGNMENT = 64

# Attributes of each layer type, by their names in TensorRT's Python interface. What a version of TensorRT lacks is left out.
ATTRIBUTES = {
    "CONVOLUTION": "num_output_maps kernel_size_nd stride_nd pre_padding post_padding padding_mode dilation_nd num_groups kernel bias",
    "DECONVOLUTION": "num_output_maps kernel_size_nd stride_nd pre_padding post_padding padding_mode dilation_nd num_groups kernel bias",
    "POOLING": "type window_size_nd stride_nd pre_padding post_padding padding_mode blend_factor average_count_excludes_padding",
    "PADDING": "pre_padding_nd post_padding_nd",
    "RESIZE": "shape scales resize_mode coordinate_transformation selector_for_single_pixel nearest_rounding cubic_coeff exclude_outside",
    "GRID_SAMPLE": "interpolation_mode align_corners sample_mode",
    "ELEMENTWISE": "op",
    "UNARY": "op",
    "ACTIVATION": "type alpha beta",
    "SCALE": "mode shift scale power channel_axis",
    "CAST": "to_type",
    "REDUCE": "op axes keep_dims",
    "SOFTMAX": "axes",
    "TOPK": "op k axes indices_type",
    "CUMULATIVE": "op exclusive reverse",
    "LRN": "window_size alpha beta k",
    "NORMALIZATION": "axes epsilon num_groups is_v2 compute_precision",
    "ASSERTION": "message",
    "MATRIX_MULTIPLY": "op0 op1",
    "EINSUM": "equation",
    "CONSTANT": "weights shape",
    "FILL": "shape operation alpha beta to_type",
    "SHUFFLE": "first_transpose reshape_dims second_transpose zero_is_placeholder",
    "CONCATENATION": "axis",
    "SLICE": "start shape stride mode axes",
    "GATHER": "mode axis num_elementwise_dims",
    "SCATTER": "mode axis",
    "ONE_HOT": "axis",
    "NON_ZERO": "indices_type",
    "REVERSE_SEQUENCE": "batch_axis sequence_axis",
    "NMS": "bounding_box_format topk_box_limit indices_type",
    "QUANTIZE": "axis to_type block_shape",
    "DEQUANTIZE": "axis to_type block_shape",
    "DYNAMIC_QUANTIZE": "axis block_size block_shape to_type scale_type",
    "TRIP_LIMIT": "kind",
    "ITERATOR": "axis reverse",
    "LOOP_OUTPUT": "kind axis",
    "ATTENTION_INPUT": "norm_op causal causal_kind decomposable normalization_quantize_to_type num_ranks query_form key_value_form",
    "ROTARY_EMBEDDING": "interleaved rotary_embedding_dim",
    "KV_CACHE_UPDATE": "cache_mode update_form",
    "MOE": "activation_type quantization_to_type quantization_block_shape dyn_q_output_scale_type swiglu_param_limit swiglu_param_alpha swiglu_param_beta",
    "DIST_COLLECTIVE": "collective_operation reduce_operation root groups",
}

# Attributes that an operand stands for where it is given: they are not set then, and hold whatever lies in memory.
GIVEN_BY = {
    "SHUFFLE": {"reshape_dims": 1},
    "SLICE": {"start": 1, "shape": 2, "stride": 3, "axes": 5},
    "FILL": {"shape": 0, "alpha": 1, "beta": 2},
    "RESIZE": {"shape": 1, "scales": 1},
    "TOPK": {"k": 1},
    "CONVOLUTION": {"kernel": 1, "bias": 2},
    "DECONVOLUTION": {"kernel": 1, "bias": 2},
}

# Operands that members hold, at the places that they have behind the first ones.
OPERANDS = {
    "ATTENTION_INPUT": {"mask": 3, "normalization_quantize_scale": 4, "query_lengths": 5, "key_value_lengths": 6},
    "KV_CACHE_UPDATE": {"update_lengths": 3},
}

# Classes of layers whose names do not follow from their types.
CLASSES = {
    "ELEMENTWISE": "IElementWiseLayer",
    "SOFTMAX": "ISoftMaxLayer",
    "LRN": "ILRNLayer",
    "PARAMETRIC_RELU": "IParametricReLULayer",
    "TOPK": "ITopKLayer",
    "RAGGED_SOFTMAX": "IRaggedSoftMaxLayer",
    "NMS": "INMSLayer",
    "CONDITION": "IConditionLayer",
    "CONDITIONAL_INPUT": "IIfConditionalInputLayer",
    "CONDITIONAL_OUTPUT": "IIfConditionalOutputLayer",
    "KV_CACHE_UPDATE": "IKVCacheUpdateLayer",
    "MOE": "IMoELayer",
}

LOOPS = {"TRIP_LIMIT", "RECURRENCE", "ITERATOR", "LOOP_OUTPUT"}
CONDITIONALS = {"CONDITION", "CONDITIONAL_INPUT", "CONDITIONAL_OUTPUT"}
ATTENTIONS = {"ATTENTION_INPUT", "ATTENTION_OUTPUT"}
FIELD_FORMATS = {"FLOAT16": "e", "FLOAT32": "f", "FLOAT64": "d", "INT8": "b", "INT16": "h", "INT32": "i", "INT64": "q"}
BITS = {"FLOAT": 32, "HALF": 16, "BF16": 16, "INT8": 8, "INT32": 32, "INT64": 64, "UINT8": 8, "BOOL": 8, "FP8": 8, "INT4": 4}


def dump_network(network, path, plugin_fields=None, weights=None, profiles=None):
    """Writes `network` to `path`, and its weights to the same name with `.weights`. Returns the names of layers of which something is not known."""
    wrapper = network if hasattr(network, "trt_network") else None
    trt_network = wrapper.trt_network if wrapper else network
    dump = _Dump(path, dict(plugin_fields or {}), dict(weights or {}))
    if wrapper is not None:
        dump.take_side_tables(wrapper)
    file = dump.whole(trt_network)
    if profiles:
        file["profiles"] = profiles
    dump.write(file)
    return dump.lost


class _Dump:
    def __init__(self, path, plugin_fields, weights):
        self.path = path
        self.weights_path = os.path.splitext(path)[0] + ".weights"
        self.plugin_fields = plugin_fields
        self.given_weights = weights
        self.arrays = {}
        self.calls = {}
        self.blocks = []
        self.length = 0
        self.lost = []
        self.owners = []

    def take_side_tables(self, wrapper):
        """What TensorRT-LLM keeps beside the network: what plugins were made with, and what functionals were called with."""
        network = wrapper.trt_network
        names = [network.get_layer(i).name for i in range(network.num_layers)]
        # They lie in tables of that module, by the network and the names of layers.
        beside = sys.modules.get(type(wrapper).__module__)
        plugin_info = getattr(beside, "get_plugin_info", lambda *_: None)
        np_weight = getattr(beside, "get_np_weight", lambda *_: None)
        for name in names:
            info, weight = plugin_info(network, name), np_weight(network, name)
            if info is not None:
                self.plugin_fields.setdefault(name, [_field(f) for f in info.pfc])
            if weight is not None:
                self.arrays[name] = weight
        memo = getattr(wrapper, "flayer_memo", None)
        for name, info in dict(getattr(memo, "data", None) or {}).items():
            self.calls[name] = {
                "kind": info.layer_kind,
                "inputs": {key: _argument(value) for key, value in dict(info.raw_inputs).items()},
                "outputs": _argument(info.raw_outputs),
            }

    def whole(self, network):
        return {
            "format": "graft-trt",
            "version": VERSION,
            "name": network.name or "network",
            "writer": "dump_network.py, TensorRT " + str(getattr(trt, "__version__", "")),
            "strongly_typed": _strongly_typed(network),
            "inputs": [_tensor(network.get_input(i)) for i in range(network.num_inputs)],
            "outputs": [{"name": t.name, "tensor": t.name} for t in map(network.get_output, range(network.num_outputs))],
            "layers": [self.layer(network.get_layer(i)) for i in range(network.num_layers)],
        }

    def layer(self, layer):
        # IActivationLayer and IPoolingLayer have a `type` of their own.
        kind = trt.ILayer.type.__get__(layer, type(layer)).name
        kind = "KV_CACHE_UPDATE" if kind == "KVCACHE_UPDATE" else kind
        _refine(layer, kind)
        inputs = _inputs(layer, kind)
        file = {
            "name": layer.name,
            "type": kind,
            "metadata": getattr(layer, "metadata", "") or "",
            "inputs": [None if t is None else t.name for t in inputs],
            "outputs": [_tensor(layer.get_output(i)) for i in range(layer.num_outputs)],
            "attributes": self.attributes(layer, kind, inputs),
        }
        if file["metadata"] == layer.name:
            del file["metadata"]
        if kind.startswith("PLUGIN"):
            file["fields"] = self.fields(layer)
        if layer.name in self.calls:
            file["call"] = self.calls[layer.name]
        return file

    def attributes(self, layer, kind, inputs):
        found = {}
        if kind.startswith("PLUGIN"):
            return self.plugin(layer)
        if kind in LOOPS:
            found["loop"] = self.owner(layer.loop, "loop")
        if kind in CONDITIONALS:
            found["conditional"] = self.owner(layer.conditional, "conditional")
        if kind in ATTENTIONS:
            found["attention"] = self.owner(layer.attention, "attention")
        for name in ATTRIBUTES.get(kind, "").split():
            operand = GIVEN_BY.get(kind, {}).get(name)
            if operand is not None and operand < len(inputs) and inputs[operand] is not None:
                continue
            value = self.attribute(layer, kind, name)
            if value is not None and not (name.endswith("block_shape") and value == []):
                found[name] = value
        if "block_shape" in found and kind == "DYNAMIC_QUANTIZE":
            # Both say which axis is in blocks: the older two are left out.
            found = {name: value for name, value in found.items() if name not in ("axis", "block_size")}
        return found

    def attribute(self, layer, kind, name):
        try:
            value = getattr(_settings(layer, kind), name)
        except Exception:  # an attribute that this version lacks, or that is not set
            return None
        if name in ("weights", "kernel", "bias", "shift", "scale", "power"):
            return self.place(layer, kind, name, value)
        if name in ("first_transpose", "second_transpose"):
            tensor = layer.get_input(0) if name == "first_transpose" else layer.get_output(0)
            return _permutation(value, tensor)
        return _plain(value)

    def plugin(self, layer):
        plugin = layer.plugin
        about = {"plugin_type": "plugin_type", "plugin_version": "plugin_version", "plugin_namespace": "plugin_namespace"}
        found = {key: str(getattr(plugin, name)) for key, name in about.items() if hasattr(plugin, name)}
        if "plugin_type" not in found and hasattr(plugin, "name"):  # IPluginV3 says it so
            found["plugin_type"] = str(plugin.name)
        found["num_outputs"] = layer.num_outputs
        return found

    def fields(self, layer):
        known = self.plugin_fields.get(layer.name)
        if known is None:
            self.lost.append(layer.name)
            return None
        return [{"name": n, "type": t, "value": _value(v)} for n, t, v in known]

    def owner(self, owner, usual):
        """The name of a loop, a conditional or an attention; one without a name gets one."""
        for known, name in self.owners:
            if known is owner or known == owner:
                return name
        name = getattr(owner, "name", "") or "%s_%d" % (usual, len(self.owners))
        self.owners.append((owner, name))
        return name

    def place(self, layer, kind, name, value):
        """Weights as their place in the file beside; None for none."""
        given = self.given_weights.get(layer.name)
        dtype, count, data = _weights(value, layer, name)
        if given is not None and name in ("weights", "kernel"):
            data = bytes(given)
        elif data is None and name == "weights" and layer.name in self.arrays:
            # Python cannot reach elements of types that numpy lacks, but for the array that they came from.
            data = self.arrays[layer.name].tobytes()
        if count == 0:
            return None
        shape = _weights_shape(layer, kind, name, count)
        if data is None or dtype not in BITS or len(data) != math.ceil(count * BITS[dtype] / 8):
            self.lost.append(layer.name)
            return {"dtype": dtype, "shape": shape}
        gap = -self.length % ALIGNMENT
        self.blocks.append(b"\0" * gap + data)
        offset = self.length + gap
        self.length = offset + len(data)
        return {"dtype": dtype, "shape": shape, "offset": offset, "bytes": len(data)}

    def write(self, file):
        file["weights"] = os.path.basename(self.weights_path) if self.blocks else None
        if self.blocks:
            with open(self.weights_path, "wb") as out:
                for block in self.blocks:
                    out.write(block)
        lists = ("inputs", "outputs", "layers")
        head = ["%s:%s" % (_json(key), _json(file[key])) for key in file if key not in lists]
        body = ["%s:[\n%s\n]" % (_json(key), ",\n".join(map(_json, file[key]))) for key in lists]
        with open(self.path, "w", encoding="utf-8") as out:
            out.write("{" + ",\n".join(head + body) + "}\n")


def _json(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _strongly_typed(network):
    flag = getattr(getattr(trt, "NetworkDefinitionCreationFlag", None), "STRONGLY_TYPED", None)
    try:
        return bool(network.get_flag(flag)) if flag is not None else False
    except Exception:
        return False


def _refine(layer, kind):
    """TensorRT hands out layers as ILayer: their own class has to be said."""
    name = CLASSES.get(kind) or "I" + "".join(part.capitalize() for part in kind.split("_")) + "Layer"
    own = getattr(trt, name, None)
    if own is not None and not isinstance(layer, own):
        layer.__class__ = own


def _settings(layer, kind):
    """An attention's settings are not of its boundary, but of what it bounds."""
    return layer.attention if kind in ATTENTIONS else layer


def _inputs(layer, kind):
    inputs = [layer.get_input(i) for i in range(layer.num_inputs)]
    for name, place in OPERANDS.get(kind, {}).items():
        tensor = getattr(_settings(layer, kind), name, None)
        if tensor is not None:
            inputs += [None] * (place + 1 - len(inputs))
            inputs[place] = tensor
    return inputs


def _length(dims):
    """Dimensions that are not set have a length of -1, which Python takes for an error."""
    try:
        return len(dims)
    except ValueError:
        return -1


def _dims(dims):
    count = _length(dims)
    return None if count < 0 else [int(dims[i]) for i in range(count)]


def _tensor(tensor):
    if tensor is None:
        return {"name": ""}
    shape = _dims(tensor.shape)
    if shape is not None:
        shape = [_size(tensor, i, n) for i, n in enumerate(shape)]
    return {"name": tensor.name, "dtype": tensor.dtype.name, "shape": shape}


def _size(tensor, i, size):
    """A size that is not known by the name that it has."""
    if size >= 0:
        return size
    try:
        return tensor.get_dimension_name(i) or -1
    except Exception:
        return -1


def _permutation(permutation, tensor):
    rank = _length(tensor.shape) if tensor is not None else -1
    order = [int(permutation[i]) for i in range(max(rank, 0))]
    return None if order == sorted(order) else order


_OTHER = object()


def _scalar(value):
    """An enum by its name, flags by their number, and what JSON has as it is; `_OTHER` for anything else."""
    if isinstance(value, enum.Flag):
        return value.value
    if hasattr(type(value), "__members__"):
        return value.name
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else _odd(value)
    return _OTHER


def _plain(value):
    scalar = _scalar(value)
    if scalar is not _OTHER:
        return scalar
    try:
        return _dims(value) if not any(isinstance(v, float) for v in value) else [float(v) for v in value]
    except Exception:
        return None


def _odd(value):
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _weights(value, layer, name):
    """The type, the number of elements, and the bytes; None for bytes that Python cannot reach."""
    if value is None:
        return "FLOAT", 0, None
    own = getattr(value, "dtype", None)
    output = layer.get_output(0)
    dtype = own.name if own is not None and hasattr(type(own), "__members__") else None
    if dtype is None:
        dtype = NUMPY.get(str(own)) or (output.dtype.name if output is not None else "FLOAT")
    size = int(getattr(value, "size", 0))
    if size == 0:
        return dtype, 0, None
    for read in (lambda: value.tobytes(), lambda: value.numpy().tobytes(), lambda: bytes(memoryview(value))):
        try:
            return dtype, size, read()
        except Exception:
            continue
    return dtype, size, None


NUMPY = {
    "float32": "FLOAT",
    "float16": "HALF",
    "int8": "INT8",
    "uint8": "UINT8",
    "int32": "INT32",
    "int64": "INT64",
    "bool": "BOOL",
}


def _weights_shape(layer, kind, name, count):
    """TensorRT keeps weights flat."""
    if kind == "CONSTANT":
        return _dims(layer.shape)
    if name != "kernel":
        return [count]
    maps, window = int(layer.num_output_maps), _dims(layer.kernel_size_nd)
    if kind == "CONVOLUTION":
        return [maps, count // (maps * math.prod(window)), *window]
    each = maps // int(layer.num_groups)
    return [count // (each * math.prod(window)), each, *window]


def _field(field):
    """A field of a PluginFieldCollection: its data are an array, or the address of one."""
    kind, data, size = field.type.name, field.data, int(getattr(field, "size", 0))
    if isinstance(data, int) and kind in FIELD_FORMATS:
        data = ctypes.string_at(data, size * struct.calcsize(FIELD_FORMATS[kind]))
    elif isinstance(data, int):
        data = ctypes.string_at(data, size)
    else:
        data = bytes(memoryview(data))
    if kind not in FIELD_FORMATS:
        return field.name, kind, data.decode("utf-8", "replace") if kind == "CHAR" else list(data)
    form = FIELD_FORMATS[kind]
    values = list(struct.unpack("<%d%s" % (len(data) // struct.calcsize(form), form), data))
    # A scalar is a field of one element.
    return field.name, kind, values[0] if len(values) == 1 else values


def _value(value):
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else _plain(value)


def _argument(value):
    """An argument of a functional; a tensor by its name."""
    scalar = _scalar(value)
    if scalar is not _OTHER:
        return scalar
    if isinstance(value, (list, tuple)):
        return [_argument(v) for v in value]
    if type(value).__name__ == "QuantModeWrapper":  # of all layers; caches have the first one
        return _argument(value[0])
    if isinstance(value, dict):
        return {str(key): _argument(v) for key, v in value.items()}
    tensor = getattr(value, "trt_tensor", value)
    if hasattr(tensor, "name") and hasattr(tensor, "shape"):
        return {"tensor": tensor.name}
    return str(value)
