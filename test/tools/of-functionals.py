"""Dumps a network as TensorRT-LLM holds one, its side tables in its own module: of-functionals.py OUT."""

import enum
import os
import struct
import sys
import types

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, "stand-in"), os.path.join(here, "..", "..", "tools")]

import tensorrt as trt
from dump_network import dump_network


class PositionEmbeddingType(enum.IntEnum):
    learned_absolute = 0


class QuantMode(enum.IntFlag):
    INT4_WEIGHTS = 1
    INT8_WEIGHTS = 2


class QuantModeWrapper:
    """Of each layer its own; it has a method of every name."""

    def __init__(self, modes):
        self.modes = modes

    def __getattr__(self, name):
        return lambda *args, **kwargs: False

    def __getitem__(self, i):
        return self.modes[i]


class Record:
    def __init__(self, **members):
        self.__dict__.update(members)


class Array(Record):
    """Of a type that numpy lacks."""

    def tobytes(self):
        return self.data


class OutOfReach(trt.Weights):
    def numpy(self):
        raise TypeError("numpy has no such type")


network_module = types.ModuleType("tensorrt_llm.network")
exec(
    """
class Network:
    pass

infos, arrays = {}, {}
get_plugin_info = lambda network, name: infos.get(name)
get_np_weight = lambda network, name: arrays.get(name)
""",
    network_module.__dict__,
)
sys.modules["tensorrt_llm.network"] = network_module

FORMATS = {"INT8": "b", "INT32": "i", "FLOAT32": "f"}


def field(name, kind, value):
    values = value if isinstance(value, list) else [value]
    data = struct.pack("<%d%s" % (len(values), FORMATS[kind]), *values)
    made = trt.PluginField(name, data, getattr(trt.PluginFieldType, kind))
    made.size = len(values)
    return made


net = trt.Builder(trt.Logger()).create_network()
net.name = "of functionals"
x = net.add_input("x", trt.DataType.FLOAT, (1, 3, 8))
past = net.add_input("past", trt.DataType.FLOAT, (1, 2, 2, 4, 4))
lengths = net.add_input("lengths", trt.DataType.INT32, (1,))
weights = OutOfReach(trt.DataType.BF16, 0, 0)
weights.size = 2
constant = net.add_constant((2,), weights)
constant.name = "scale"
constant.get_output(0).name = "scale_output_0"
trt.TYPES["scale_output_0"] = ("BF16", (2,))
network_module.arrays["scale"] = Array(data=struct.pack("<2H", 0x3F80, 0xC000))
qkv = net.add_input("qkv", trt.DataType.FLOAT, (1, 3, 24))
plugin = trt.get_plugin_registry().get_creator("GPTAttention", "1", "tensorrt_llm").create_plugin("causal_attn", [])
plugin.outputs = 2
attention = net.add_plugin_v2([qkv, past, lengths], plugin)
attention.name = "layers/0/attention/PLUGIN_V2_GPTAttention_0"
for i, (name, shape) in enumerate([("context", (1, 3, 8)), ("present", (1, 2, 2, 4, 4))]):
    attention.get_output(i).name = name
    trt.TYPES[name] = ("FLOAT", shape)
    net.mark_output(attention.get_output(i))
net.mark_output(constant.get_output(0))
fields = [
    ("num_heads", "INT32", 2), ("num_kv_heads", "INT32", 2), ("head_size", "INT32", 4), ("q_scaling", "FLOAT32", 1.0),
    ("position_embedding_type", "INT8", 0), ("rotary_embedding_scale_type", "INT8", 0), ("mask_type", "INT32", 1), ("use_cache", "INT32", 1),
    ("tokens_per_block", "INT32", 64), ("enable_xqa", "INT8", 1),
]  # fmt: skip
network_module.infos[attention.name] = Record(pfc=[field(*f) for f in fields])
wrapper = network_module.Network()
wrapper.trt_network = net
wrapper.__class__.__module__ = "tensorrt_llm.network"
tensor = lambda t: Record(trt_tensor=t)
call = Record(
    layer_kind="gpt_attention",
    raw_inputs={
        "qkv": tensor(qkv), "past_key_value": tensor(past), "context_lengths": tensor(lengths), "num_heads": 2, "num_kv_heads": 2, "hidden_size_per_head": 4,
        "position_embedding_type": PositionEmbeddingType.learned_absolute, "kv_cache_quant_mode": QuantModeWrapper([QuantMode(0)]), "qkv_bias": None,
    },
    raw_outputs=(tensor(attention.get_output(0)), tensor(attention.get_output(1))),
)  # fmt: skip
wrapper.flayer_memo = Record(data={attention.name: call})
lost = dump_network(wrapper, sys.argv[1])
assert lost == [], lost
