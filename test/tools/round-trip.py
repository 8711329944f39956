"""Runs a script that Graft wrote on the stand-in for TensorRT, and dumps what it built: round-trip.py SCRIPT TYPES OUT."""

import importlib.util
import json
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, "stand-in"), os.path.join(here, "..", "..", "tools")]

import tensorrt as trt
from dump_network import dump_network

script, types, out = sys.argv[1:4]
with open(types, encoding="utf-8") as file:
    told = json.load(file)
trt.TYPES.update({name: (dtype, shape) for name, dtype, shape in told["types"]})
trt.OUTPUTS.update(told["outputs"])
spec = importlib.util.spec_from_file_location("written", script)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
sys.argv = sys.argv[:1]
network = module.main()
lost = dump_network(network, out, module.plugin_fields)
# Once more: TensorRT hands out the same layers, refined by now.
again = dump_network(network, out, module.plugin_fields)
assert lost == again == [], (lost, again)
