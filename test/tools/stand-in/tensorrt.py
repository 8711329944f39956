"""Stands in for TensorRT's Python module: the same classes, and no inference. The types that TensorRT would infer are read from TYPES."""

import enum

__version__ = "10.1.0"

TYPES = {}  # by tensor name: (dtype name, shape)
OUTPUTS = {}  # how many results a plugin has, by the name of its layer


def _enum(name, words):
    made = enum.IntEnum(name, {word: i for i, word in enumerate(words.split())})
    globals()[name] = made
    return made


_enum("DataType", "FLOAT HALF INT8 INT32 BOOL UINT8 FP8 BF16 INT64 INT4 FP4 E8M0")
_enum("ElementWiseOperation", "SUM PROD MAX MIN SUB DIV POW FLOOR_DIV AND OR XOR EQUAL GREATER LESS")
_enum("UnaryOperation", "EXP LOG SQRT RECIP ABS NEG SIN COS TAN SINH COSH ASIN ACOS ATAN ASINH ACOSH ATANH CEIL FLOOR ERF NOT SIGN ROUND ISINF ISNAN")
_enum("ActivationType", "RELU SIGMOID TANH LEAKY_RELU ELU SELU SOFTSIGN SOFTPLUS CLIP HARD_SIGMOID SCALED_TANH THRESHOLDED_RELU GELU_ERF GELU_TANH")
_enum("ReduceOperation", "SUM PROD MAX MIN AVG NONE")
_enum("MatrixOperation", "NONE TRANSPOSE VECTOR")
_enum("SampleMode", "STRICT_BOUNDS WRAP CLAMP FILL REFLECT")
_enum("GatherMode", "DEFAULT ELEMENT ND")
_enum("ScatterMode", "ELEMENT ND")
_enum("FillOperation", "LINSPACE RANDOM_UNIFORM RANDOM_NORMAL")
_enum("PoolingType", "MAX AVERAGE MAX_AVERAGE_BLEND")
_enum("ScaleMode", "UNIFORM CHANNEL ELEMENTWISE")
_enum("InterpolationMode", "NEAREST LINEAR CUBIC")
_enum("ResizeCoordinateTransformation", "ALIGN_CORNERS ASYMMETRIC HALF_PIXEL")
_enum("ResizeSelector", "FORMULA UPPER")
_enum("ResizeRoundMode", "HALF_UP HALF_DOWN FLOOR CEIL")
_enum("PaddingMode", "EXPLICIT_ROUND_DOWN EXPLICIT_ROUND_UP SAME_UPPER SAME_LOWER")
_enum("TopKOperation", "MAX MIN")
_enum("CumulativeOperation", "SUM")
_enum("LoopOutput", "LAST_VALUE CONCATENATE REVERSE")
_enum("TripLimit", "COUNT WHILE")
_enum("BoundingBoxFormat", "CORNER_PAIRS CENTER_SIZES")
_enum("KVCacheMode", "LINEAR")
_enum("AttentionNormalizationOp", "NONE SOFTMAX")
_enum("CausalMaskKind", "NONE UPPER_LEFT LOWER_RIGHT")
_enum("AttentionIOForm", "PADDED_BHND PACKED_NHD")
_enum("MoEActType", "NONE SILU")
_enum("PluginFieldType", "FLOAT16 FLOAT32 FLOAT64 INT8 INT16 INT32 CHAR DIMS UNKNOWN BF16 INT64 FP8")
_enum("NetworkDefinitionCreationFlag", "EXPLICIT_BATCH STRONGLY_TYPED")
_enum(
    "LayerType",
    "CONVOLUTION CAST ACTIVATION POOLING LRN SCALE SOFTMAX DECONVOLUTION CONCATENATION ELEMENTWISE PLUGIN UNARY PADDING SHUFFLE REDUCE TOPK GATHER"
    " MATRIX_MULTIPLY RAGGED_SOFTMAX CONSTANT IDENTITY PLUGIN_V2 SLICE SHAPE PARAMETRIC_RELU RESIZE TRIP_LIMIT RECURRENCE ITERATOR LOOP_OUTPUT SELECT"
    " FILL QUANTIZE DEQUANTIZE CONDITION CONDITIONAL_INPUT CONDITIONAL_OUTPUT SCATTER EINSUM ASSERTION ONE_HOT NON_ZERO GRID_SAMPLE NMS"
    " REVERSE_SEQUENCE NORMALIZATION PLUGIN_V3 SQUEEZE UNSQUEEZE CUMULATIVE DYNAMIC_QUANTIZE ATTENTION_INPUT ATTENTION_OUTPUT ROTARY_EMBEDDING"
    " KV_CACHE_UPDATE MOE DIST_COLLECTIVE",
)


class Unset:
    """Dims of length -1."""

    def __len__(self):
        return -1


class Weights:
    def __init__(self, dtype=None, pointer=0, count=0):
        import ctypes

        self.dtype = DataType.FLOAT if dtype is None else dtype
        self.size = count
        bits = {DataType.FLOAT: 32, DataType.INT32: 32, DataType.INT64: 64, DataType.HALF: 16, DataType.BF16: 16}.get(self.dtype, 8)
        self._data = ctypes.string_at(pointer, count * bits // 8) if count else b""

    def numpy(self):
        import numpy

        return numpy.frombuffer(self._data, numpy.uint8)


class ITensor:
    def __init__(self, name, dtype=None, shape=None):
        self.name = name
        self._own = (dtype, shape)
        self._dimensions = {}

    @property
    def _type(self):
        return TYPES.get(self.name, self._own)

    @property
    def dtype(self):
        dtype = self._type[0]
        return DataType[dtype] if isinstance(dtype, str) else (DataType.FLOAT if dtype is None else dtype)

    @property
    def shape(self):
        shape = self._type[1]
        return Unset() if shape is None else tuple(-1 if isinstance(d, str) else d for d in shape)

    def set_dimension_name(self, i, name):
        self._dimensions[i] = name

    def get_dimension_name(self, i):
        shape = self._type[1]
        inferred = shape[i] if shape is not None and isinstance(shape[i], str) else ""
        return self._dimensions.get(i) or inferred


class ILayer:
    """A layer as TensorRT hands it out: the members of its own class are there once that has been said, as in `layer.__class__ = IUnaryLayer`."""

    def __init__(self, kind, inputs, outputs):
        self._kind = kind
        self.name = ""
        self.metadata = ""
        self._inputs = list(inputs)
        self._outputs = outputs
        self._values = {}

    type = property(lambda self: self._kind)
    num_inputs = property(lambda self: len(self._inputs))
    num_outputs = property(lambda self: len(self._outputs))

    def __setattr__(self, name, value):
        if not (name.startswith("_") or name in ("name", "metadata") or isinstance(getattr(type(self), name, None), property)):
            raise AttributeError("%s has no %s" % (type(self).__name__, name))
        object.__setattr__(self, name, value)

    def get_input(self, i):
        return self._inputs[i]

    def get_output(self, i):
        return self._outputs[i] if i < len(self._outputs) else None

    def set_input(self, i, tensor):
        while len(self._inputs) <= i:
            self._inputs.append(None)
        self._inputs[i] = tensor


# What each layer says of itself before anybody has set it; '-' is Dims that are not set, and cannot be read.
_ATTRIBUTES = {
    "Convolution": "num_output_maps kernel_size_nd kernel bias stride_nd=- pre_padding=- post_padding=- padding_mode=PaddingMode.EXPLICIT_ROUND_DOWN dilation_nd=- num_groups=1",
    "Pooling": "type window_size_nd stride_nd=- pre_padding=- post_padding=- padding_mode=PaddingMode.EXPLICIT_ROUND_DOWN blend_factor=0.0 average_count_excludes_padding=True",
    "Padding": "pre_padding_nd post_padding_nd",
    "Resize": "shape=- scales=- resize_mode=InterpolationMode.NEAREST coordinate_transformation=ResizeCoordinateTransformation.ASYMMETRIC"
    " selector_for_single_pixel=ResizeSelector.FORMULA nearest_rounding=ResizeRoundMode.FLOOR cubic_coeff=-0.75 exclude_outside=False",
    "GridSample": "interpolation_mode=InterpolationMode.LINEAR align_corners=False sample_mode=SampleMode.FILL",
    "ElementWise": "op",
    "Unary": "op",
    "Activation": "type alpha=0.0 beta=0.0",
    "Scale": "mode shift scale power channel_axis=None",
    "Cast": "to_type",
    "Reduce": "op axes keep_dims",
    "SoftMax": "axes=None",
    "TopK": "op k axes",
    "Cumulative": "op exclusive reverse",
    "LRN": "window_size alpha beta k",
    "Normalization": "axes epsilon=1e-5 num_groups=1 compute_precision=DataType.FLOAT",
    "Assertion": "message",
    "MatrixMultiply": "op0 op1",
    "Einsum": "equation",
    "Constant": "shape weights",
    "Fill": "shape operation to_type alpha=0.0 beta=1.0",
    "Shuffle": "first_transpose=range(8) reshape_dims=- second_transpose=range(8) zero_is_placeholder=True",
    "Concatenation": "axis=None",
    "Slice": "start shape stride mode=SampleMode.STRICT_BOUNDS axes=-",
    "Gather": "mode axis=0 num_elementwise_dims=0",
    "Scatter": "mode axis=0",
    "OneHot": "axis",
    "NonZero": "",
    "ReverseSequence": "batch_axis=1 sequence_axis=0",
    "NMS": "bounding_box_format=BoundingBoxFormat.CORNER_PAIRS topk_box_limit=None",
    "Quantize": "to_type axis=None block_shape=-",
    "Dequantize": "to_type axis=None block_shape=-",
    "DynamicQuantize": "axis=None block_size=16 block_shape=- to_type scale_type",
    "TripLimit": "kind",
    "Recurrence": "",
    "Iterator": "axis reverse",
    "LoopOutput": "kind axis",
    "RotaryEmbedding": "interleaved rotary_embedding_dim",
    "KVCacheUpdate": "cache_mode update_form=AttentionIOForm.PADDED_BHND update_lengths=None",
    "MoE": "activation_type quantization_to_type=DataType.FLOAT quantization_block_shape=- dyn_q_output_scale_type=None"
    " swiglu_param_limit=float('inf') swiglu_param_alpha=1.0 swiglu_param_beta=0.0",
    "PluginV2": "plugin",
    "PluginV3": "plugin",
}
_ATTRIBUTES["Deconvolution"] = _ATTRIBUTES["Convolution"]
for _name in "Identity Shape Select ParametricReLU RaggedSoftMax Squeeze Unsqueeze".split():
    _ATTRIBUTES[_name] = ""
for _name in "Condition IfConditionalInput IfConditionalOutput AttentionInput AttentionOutput".split():
    _ATTRIBUTES[_name] = ""


def _initial(text):
    return Unset() if text == "-" else eval(text, globals()) if text else None


def _member(name):
    return property(lambda self: self._values[name], lambda self, value: self._values.__setitem__(name, value))


def _both(self, value):
    self.pre_padding = self.post_padding = value


def _gated_weights(self, gate, up, down, activation_type):
    self.activation_type = activation_type
    for i, tensor in enumerate([gate, up, down]):
        self.set_input(3 + i, tensor)


def _gated_biases(self, gate, up, down):
    for i, tensor in enumerate([gate, up, down]):
        self.set_input(6 + i, tensor)


for _name, _text in _ATTRIBUTES.items():
    _members = {word.split("=")[0]: _member(word.split("=")[0]) for word in _text.split()}
    for _owner in ("loop", "conditional", "attention"):
        _members[_owner] = _member(_owner)
    if "pre_padding" in _members:
        _members["padding_nd"] = property(lambda self: self.pre_padding, _both)
    if _name == "MoE":
        _members.update(set_gated_weights=_gated_weights, set_gated_biases=_gated_biases)
    globals()["I%sLayer" % _name] = type("I%sLayer" % _name, (ILayer,), _members)


class IPlugin:
    def __init__(self, name, plugin_type, version, namespace):
        self.plugin_type, self.plugin_version, self.plugin_namespace = plugin_type, version, namespace
        self.outputs = OUTPUTS.get(name, 1)


class PluginField:
    def __init__(self, name, data, type):
        self.name, self.data, self.type, self.size = name, data, type, len(data)


class PluginFieldCollection(list):
    pass


class _Creator:
    def __init__(self, *about):
        self.about = about

    def create_plugin(self, name, fields, phase=None):
        return IPlugin(name, *self.about)


class _Registry:
    def get_creator(self, name, version, namespace=""):
        return None if name == "Missing" else _Creator(name, version, namespace)

    get_plugin_creator = get_creator


def get_plugin_registry():
    return _Registry()


def init_libnvinfer_plugins(logger, namespace):
    return True


class INetworkDefinition:
    def __init__(self, flags=0):
        self.name = ""
        self._flags = flags
        self._inputs, self._outputs, self._layers = [], [], []

    num_inputs = property(lambda self: len(self._inputs))
    num_outputs = property(lambda self: len(self._outputs))
    num_layers = property(lambda self: len(self._layers))

    def get_flag(self, flag):
        return bool(self._flags & (1 << int(flag)))

    def get_input(self, i):
        return self._inputs[i]

    def get_output(self, i):
        return self._outputs[i]

    def get_layer(self, i):
        layer = self._layers[i]
        layer.__class__ = ILayer
        return layer

    def add_input(self, name, dtype, shape):
        self._inputs.append(ITensor(name, dtype, tuple(shape)))
        return self._inputs[-1]

    def mark_output(self, tensor):
        self._outputs.append(tensor)

    def _add(self, kind, class_name, inputs, outputs=1, /, **values):
        tensors = [ITensor("(Unnamed Layer* %d) output %d" % (len(self._layers), i)) for i in range(outputs)]
        layer = globals()["I%sLayer" % class_name](LayerType[kind], inputs, tensors)
        initial = {w.partition("=")[0]: _initial(w.partition("=")[2]) for w in _ATTRIBUTES[class_name].split()}
        layer._values = {**initial, **values}
        layer.name = "(Unnamed Layer* %d) [%s]" % (len(self._layers), class_name)
        self._layers.append(layer)
        return layer

    def add_convolution_nd(self, input, num_output_maps, kernel_shape, kernel, bias=None):
        return self._conv("CONVOLUTION", "Convolution", input, num_output_maps, kernel_shape, kernel, bias)

    def add_deconvolution_nd(self, input, num_output_maps, kernel_shape, kernel, bias=None):
        return self._conv("DECONVOLUTION", "Deconvolution", input, num_output_maps, kernel_shape, kernel, bias)

    def _conv(self, kind, name, input, maps, shape, kernel, bias):
        return self._add(kind, name, [input], num_output_maps=maps, kernel_size_nd=shape, kernel=kernel, bias=bias)

    def add_activation(self, input, type):
        return self._add("ACTIVATION", "Activation", [input], type=type)

    def add_pooling_nd(self, input, type, window_size):
        return self._add("POOLING", "Pooling", [input], type=type, window_size_nd=window_size)

    def add_padding_nd(self, input, pre_padding, post_padding):
        return self._add("PADDING", "Padding", [input], pre_padding_nd=pre_padding, post_padding_nd=post_padding)

    def add_lrn(self, input, window, alpha, beta, k):
        return self._add("LRN", "LRN", [input], window_size=window, alpha=alpha, beta=beta, k=k)

    def add_scale(self, input, mode, shift=None, scale=None, power=None):
        return self._add("SCALE", "Scale", [input], mode=mode, shift=shift, scale=scale, power=power)

    def add_scale_nd(self, input, mode, shift=None, scale=None, power=None, channel_axis=0):
        return self._add("SCALE", "Scale", [input], mode=mode, shift=shift, scale=scale, power=power, channel_axis=channel_axis)

    def add_softmax(self, input):
        return self._add("SOFTMAX", "SoftMax", [input])

    def add_ragged_softmax(self, input, bounds):
        return self._add("RAGGED_SOFTMAX", "RaggedSoftMax", [input, bounds])

    def add_concatenation(self, inputs):
        return self._add("CONCATENATION", "Concatenation", inputs)

    def add_elementwise(self, input1, input2, op):
        return self._add("ELEMENTWISE", "ElementWise", [input1, input2], op=op)

    def add_unary(self, input, op):
        return self._add("UNARY", "Unary", [input], op=op)

    def add_shuffle(self, input):
        return self._add("SHUFFLE", "Shuffle", [input])

    def add_reduce(self, input, op, axes, keep_dims):
        return self._add("REDUCE", "Reduce", [input], op=op, axes=axes, keep_dims=keep_dims)

    def add_topk(self, input, op, k, axes):
        return self._add("TOPK", "TopK", [input], 2, op=op, k=k, axes=axes)

    def add_cumulative(self, input, axis, op, exclusive, reverse):
        return self._add("CUMULATIVE", "Cumulative", [input, axis], op=op, exclusive=exclusive, reverse=reverse)

    def add_gather_v2(self, input, indices, mode):
        return self._add("GATHER", "Gather", [input, indices], mode=mode)

    def add_scatter(self, data, indices, updates, mode):
        return self._add("SCATTER", "Scatter", [data, indices, updates], mode=mode)

    def add_matrix_multiply(self, input0, op0, input1, op1):
        return self._add("MATRIX_MULTIPLY", "MatrixMultiply", [input0, input1], op0=op0, op1=op1)

    def add_einsum(self, inputs, equation):
        return self._add("EINSUM", "Einsum", inputs, equation=equation)

    def add_constant(self, shape, weights):
        return self._add("CONSTANT", "Constant", [], shape=shape, weights=weights)

    def add_identity(self, input):
        return self._add("IDENTITY", "Identity", [input])

    def add_cast(self, input, to_type):
        return self._add("CAST", "Cast", [input], to_type=to_type)

    def add_shape(self, input):
        return self._add("SHAPE", "Shape", [input])

    def add_select(self, condition, then_input, else_input):
        return self._add("SELECT", "Select", [condition, then_input, else_input])

    def add_parametric_relu(self, input, slopes):
        return self._add("PARAMETRIC_RELU", "ParametricReLU", [input, slopes])

    def add_slice(self, input, start, shape, stride):
        return self._add("SLICE", "Slice", [input], start=start, shape=shape, stride=stride)

    def add_resize(self, input):
        return self._add("RESIZE", "Resize", [input])

    def add_grid_sample(self, input, grid):
        return self._add("GRID_SAMPLE", "GridSample", [input, grid])

    def add_fill(self, shape, op, output_type=None):
        return self._add("FILL", "Fill", [], shape=shape, operation=op, to_type=output_type)

    def add_quantize(self, input, scale, output_type=None):
        return self._add("QUANTIZE", "Quantize", [input, scale], to_type=output_type)

    def add_dequantize(self, input, scale, output_type=None):
        return self._add("DEQUANTIZE", "Dequantize", [input, scale], to_type=output_type)

    def add_dynamic_quantize(self, input, axis, block_size, output_type, scale_type):
        values = dict(axis=axis, block_size=block_size, to_type=output_type, scale_type=scale_type)
        return self._add("DYNAMIC_QUANTIZE", "DynamicQuantize", [input], 2, **values)

    def add_dynamic_quantize_v2(self, input, block_shape, output_type, scale_type):
        values = dict(block_shape=block_shape, to_type=output_type, scale_type=scale_type)
        return self._add("DYNAMIC_QUANTIZE", "DynamicQuantize", [input], 2, **values)

    def add_one_hot(self, indices, values, depth, axis):
        return self._add("ONE_HOT", "OneHot", [indices, values, depth], axis=axis)

    def add_non_zero(self, input):
        return self._add("NON_ZERO", "NonZero", [input])

    def add_nms(self, boxes, scores, max_output_boxes_per_class):
        return self._add("NMS", "NMS", [boxes, scores, max_output_boxes_per_class], 2)

    def add_reverse_sequence(self, input, sequence_lens):
        return self._add("REVERSE_SEQUENCE", "ReverseSequence", [input, sequence_lens])

    def add_normalization(self, input, scale, bias, axesMask):
        return self._add("NORMALIZATION", "Normalization", [input, scale, bias], axes=axesMask)

    def add_assertion(self, condition, message):
        return self._add("ASSERTION", "Assertion", [condition], 0, message=message)

    def add_squeeze(self, input, axes):
        return self._add("SQUEEZE", "Squeeze", [input, axes])

    def add_unsqueeze(self, input, axes):
        return self._add("UNSQUEEZE", "Unsqueeze", [input, axes])

    def add_rotary_embedding(self, input, cos, sin, interleaved, dim):
        return self._add("ROTARY_EMBEDDING", "RotaryEmbedding", [input, cos, sin], interleaved=interleaved, rotary_embedding_dim=dim)

    def add_plugin_v2(self, inputs, plugin):
        return self._add("PLUGIN_V2", "PluginV2", inputs, plugin.outputs, plugin=plugin)

    def add_plugin_v3(self, inputs, shape_inputs, plugin):
        return self._add("PLUGIN_V3", "PluginV3", [*inputs, *shape_inputs], plugin.outputs, plugin=plugin)

    def add_loop(self):
        return ILoop(self)

    def add_if_conditional(self):
        return IIfConditional(self)

    def add_attention(self, query, key, value, norm_op, causal):
        return IAttention(self, [query, key, value], norm_op, causal)

    def add_kv_cache_update(self, cache, update, write_indices, cache_mode):
        return self._add("KV_CACHE_UPDATE", "KVCacheUpdate", [cache, update, write_indices], cache_mode=cache_mode)

    def add_moe(self, hidden_states, selected_experts_for_tokens, scores_for_selected_experts):
        inputs = [hidden_states, selected_experts_for_tokens, scores_for_selected_experts]
        return self._add("MOE", "MoE", inputs, activation_type=MoEActType.NONE)


class ILoop:
    def __init__(self, network):
        self.name, self._network = "", network

    def add_trip_limit(self, tensor, kind):
        return self._network._add("TRIP_LIMIT", "TripLimit", [tensor], 0, kind=kind, loop=self)

    def add_recurrence(self, initial_value):
        return self._network._add("RECURRENCE", "Recurrence", [initial_value], loop=self)

    def add_iterator(self, tensor, axis=0, reverse=False):
        return self._network._add("ITERATOR", "Iterator", [tensor], axis=axis, reverse=reverse, loop=self)

    def add_loop_output(self, tensor, kind, axis=0):
        return self._network._add("LOOP_OUTPUT", "LoopOutput", [tensor], kind=kind, axis=axis, loop=self)


class IIfConditional:
    def __init__(self, network):
        self.name, self._network = "", network

    def set_condition(self, condition):
        return self._network._add("CONDITION", "Condition", [condition], 0, conditional=self)

    def add_input(self, input):
        return self._network._add("CONDITIONAL_INPUT", "IfConditionalInput", [input], conditional=self)

    def add_output(self, true_subgraph_output, false_subgraph_output):
        inputs = [true_subgraph_output, false_subgraph_output]
        return self._network._add("CONDITIONAL_OUTPUT", "IfConditionalOutput", inputs, conditional=self)


class IAttention:
    """Its settings are its own, and so are the operands behind the first three: its boundary tells of those three."""

    def __init__(self, network, inputs, norm_op, causal):
        self.name, self.norm_op, self.causal, self.decomposable, self.num_ranks = "", norm_op, causal, False, 1
        self.causal_kind = CausalMaskKind.NONE
        self.normalization_quantize_to_type = DataType.FLOAT
        self.query_form = self.key_value_form = AttentionIOForm.PADDED_BHND
        self.mask = self.normalization_quantize_scale = self.query_lengths = self.key_value_lengths = None
        scores = network._add("ATTENTION_INPUT", "AttentionInput", inputs, attention=self)
        self._last = network._add("ATTENTION_OUTPUT", "AttentionOutput", [scores.get_output(0)], attention=self)

    def get_output(self, index):
        return self._last.get_output(index)


class Logger:
    WARNING = "WARNING"

    def __init__(self, severity=None):
        pass


class Builder:
    def __init__(self, logger):
        pass

    def create_network(self, flags=0):
        return INetworkDefinition(flags)
