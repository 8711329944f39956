import { typed } from '../infer/context'
import { recurrent as inferRecurrent } from '../infer/recurrent'
import * as on from '../infer/signal'
import { float, floats, graph, int, ints, op, ops, required, text, texts } from './notation'

/** Operators with bodies, and those on sequences and optionals, whose values have no tensor type. */
export const control = [
  op('If', 'control', 'cond', 'outputs*', { else_branch: graph(), then_branch: graph() }),
  op('Loop', 'control', 'M? cond? v_initial*', 'v_final_and_scan_outputs*', { body: graph() }),
  op('Scan', 'control', 'initial_state_and_scan_inputs*', 'final_state_and_scan_outputs*', {
    body: graph(),
    num_scan_inputs: required(int()),
    scan_input_axes: ints(),
    scan_input_directions: ints(),
    scan_output_axes: ints(),
    scan_output_directions: ints(),
  }),
  op('SequenceConstruct', 'control', 'inputs*', 'output_sequence'),
  op('SequenceEmpty', 'control', '', 'output', { dtype: int() }),
  op('SequenceAt', 'control', 'input_sequence position', 'tensor'),
  op('SequenceInsert', 'control', 'input_sequence tensor position?', 'output_sequence'),
  op('SequenceErase', 'control', 'input_sequence position?', 'output_sequence'),
  op('SequenceLength', 'control', 'input_sequence', 'length', {}, { infer: () => [typed('int64', [])] }),
  op('SequenceMap', 'control', 'input_sequence additional_inputs*', 'out_sequence*', { body: graph() }, { since: 17 }),
  op('SplitToSequence', 'control', 'input split?', 'output_sequence', { axis: int(0), keepdims: int(1) }),
  op('ConcatFromSequence', 'control', 'input_sequence', 'concat_result', { axis: required(int()), new_axis: int(0) }),
  op('Optional', 'control', 'input?', 'output', {}, { since: 15 }),
  op('OptionalGetElement', 'control', 'input', 'output', {}, { since: 15 }),
  op('OptionalHasElement', 'control', 'input?', 'output', {}, { since: 15, infer: () => [typed('bool', [])] }),
]

const RECURRENT = {
  activation_alpha: floats(),
  activation_beta: floats(),
  activations: texts(),
  clip: float(),
  direction: text('forward'),
  hidden_size: int(),
}
const GATES = 'X W R B? sequence_lens? initial_h?'
const LSTM = 'X W R B? sequence_lens? initial_h? initial_c? P?'

export const recurrent = [
  op('RNN', 'other', GATES, 'Y? Y_h?', RECURRENT, { infer: inferRecurrent }),
  op('RNN', 'other', GATES, 'Y? Y_h?', { ...RECURRENT, layout: int(0) }, { since: 14, infer: inferRecurrent }),
  op('GRU', 'other', GATES, 'Y? Y_h?', { ...RECURRENT, linear_before_reset: int(0) }, { infer: inferRecurrent }),
  op(
    'GRU',
    'other',
    GATES,
    'Y? Y_h?',
    { ...RECURRENT, layout: int(0), linear_before_reset: int(0) },
    { since: 14, infer: inferRecurrent },
  ),
  op('LSTM', 'other', LSTM, 'Y? Y_h? Y_c?', { ...RECURRENT, input_forget: int(0) }, { infer: inferRecurrent }),
  op(
    'LSTM',
    'other',
    LSTM,
    'Y? Y_h? Y_c?',
    { ...RECURRENT, input_forget: int(0), layout: int(0) },
    { since: 14, infer: inferRecurrent },
  ),
]

export const signal = [
  ...ops(
    'HannWindow HammingWindow BlackmanWindow',
    'other',
    'size',
    'output',
    { output_datatype: int(1), periodic: int(1) },
    { infer: on.windowOfSize },
  ),
  op(
    'DFT',
    'other',
    'input dft_length?',
    'output',
    { axis: int(1), inverse: int(0), onesided: int(0) },
    { since: 17, infer: on.dft },
  ),
  op(
    'DFT',
    'other',
    'input dft_length? axis?',
    'output',
    { inverse: int(0), onesided: int(0) },
    { since: 20, infer: on.dft },
  ),
  op(
    'STFT',
    'other',
    'signal frame_step window? frame_length?',
    'output',
    { onesided: int(1) },
    { since: 17, infer: on.stft },
  ),
  op(
    'MelWeightMatrix',
    'other',
    'num_mel_bins dft_length sample_rate lower_edge_hertz upper_edge_hertz',
    'output',
    {
      output_datatype: int(1),
    },
    { infer: on.melWeights },
  ),
]
