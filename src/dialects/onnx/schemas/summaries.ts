/** What each operator does, in a line. */

/** A line an operator: its kind, and what it does. */
const TEXT = `
Abs | Absolute value of each element.
Acos | Arc cosine of each element, in radians.
Acosh | Inverse hyperbolic cosine of each element.
Add | Sum of two tensors, element by element, with broadcasting.
AffineGrid | Sampling positions for GridSample from a batch of affine matrices.
And | True where both are true, with broadcasting.
ArgMax | Position of the largest element along an axis.
ArgMin | Position of the smallest element along an axis.
Asin | Arc sine of each element, in radians.
Asinh | Inverse hyperbolic sine of each element.
Atan | Arc tangent of each element, in radians.
Atanh | Inverse hyperbolic tangent of each element.
Attention | softmax(Q·Kᵀ·scale + mask)·V, with grouped heads and a cache of keys and values where they are given.
AveragePool | Mean over a window that slides across the spatial axes.
BatchNormalization | Per channel: minus the mean, over the deviation, times scale, plus bias, all from given statistics.
Bernoulli | Random zeros and ones; each input element is the chance of a one.
BitShift | Shifts the bits of unsigned integers left or right.
BitwiseAnd | Bits that are set in both integers, with broadcasting.
BitwiseNot | Flips every bit.
BitwiseOr | Bits that are set in either integer, with broadcasting.
BitwiseXor | Bits that are set in exactly one of two integers, with broadcasting.
BlackmanWindow | A Blackman window of a given size.
Cast | Converts every element to another type.
CastLike | Converts every element to the type of a second tensor.
Ceil | Each element rounded up to a whole number.
Celu | x where it is positive, alpha·(exp(x/alpha) − 1) where it is not.
CenterCropPad | Cuts or pads each axis around its middle to a given size.
Clip | Limits every element to the range from min to max; a bound that is not given is none.
Col2Im | Puts sliding blocks back into an image and adds where they overlap.
Compress | Keeps the slices along an axis, or the elements of the flattened tensor, where a condition is true.
Concat | Joins tensors along an axis; all other axes are equal.
ConcatFromSequence | Joins the tensors of a sequence along an axis, an existing or a new one.
Constant | A tensor that the model holds.
ConstantOfShape | A tensor of a given shape with one value everywhere.
Conv | Convolution over the spatial axes, with stride, dilation, padding and groups.
ConvInteger | Convolution of 8-bit integers, less their zero points, into 32-bit ones.
ConvTranspose | Transposed convolution: spreads each element over a window, which enlarges the spatial axes.
Cos | Cosine of each element, in radians.
Cosh | Hyperbolic cosine of each element.
CumSum | Running sum along an axis, forwards or backwards, with or without the element itself.
DFT | Discrete Fourier transform along an axis, or its inverse.
DeformConv | Convolution that reads at learned offsets from its regular grid.
DepthToSpace | Moves blocks of channels into height and width.
DequantizeLinear | (x − zero point) · scale: quantized integers back to floats.
Div | Quotient of two tensors, element by element, with broadcasting; integers are truncated.
Dropout | In training zeroes random elements and scales the rest; in inference gives its input.
DynamicQuantizeLinear | Quantizes floats to 8 bits with a scale and a zero point taken from their range.
Einsum | Products summed as an equation over axis letters says.
Elu | x where it is positive, alpha·(exp(x) − 1) where it is not.
Equal | True where two tensors are equal, with broadcasting.
Erf | The error function of each element.
Exp | e to the power of each element.
Expand | Repeats axes of size one until the tensor has a given shape, by broadcasting.
EyeLike | Ones on a diagonal, zeros elsewhere, of the shape of its input.
Flatten | Makes a matrix: axes before one become rows, the others columns.
Floor | Each element rounded down to a whole number.
GRU | Gated recurrent units over a sequence.
Gather | Picks slices along an axis by their indices.
GatherElements | Picks single elements along an axis; the indices have the shape of the result.
GatherND | Picks elements or slices by tuples of indices.
Gelu | x·Φ(x), with Φ the normal distribution, exactly by erf or by its tanh approximation.
Gemm | alpha·A·B + beta·C of matrices, either of which may be transposed.
GlobalAveragePool | Mean over all spatial positions of each channel.
GlobalLpPool | p-norm over all spatial positions of each channel.
GlobalMaxPool | Largest element of each channel.
Greater | True where the first is larger, with broadcasting.
GreaterOrEqual | True where the first is larger or equal, with broadcasting.
GridSample | Reads an image at given positions, interpolating between pixels.
GroupNormalization | Normalizes groups of channels to mean 0 and deviation 1, then times scale, plus bias.
HammingWindow | A Hamming window of a given size.
HannWindow | A Hann window of a given size.
HardSigmoid | alpha·x + beta, limited to 0 … 1.
HardSwish | x·clip(x/6 + 1/2, 0, 1).
Hardmax | One at the first largest element along an axis, zero elsewhere.
Identity | Gives its input.
If | Runs one of two graphs, as a condition says.
ImageDecoder | Decodes an image file into pixels.
InstanceNormalization | Normalizes each channel of each sample over its positions, then times scale, plus bias.
IsInf | True where an element is infinite, of either or of one sign.
IsNaN | True where an element is not a number.
LRN | Divides each element by a power of the squares of the channels around it.
LSTM | Long short-term memory over a sequence.
LayerNormalization | Normalizes over the last axes to mean 0 and deviation 1, then times scale, plus bias.
LeakyRelu | x where it is positive, alpha·x where it is not.
Less | True where the first is smaller, with broadcasting.
LessOrEqual | True where the first is smaller or equal, with broadcasting.
Log | Natural logarithm of each element.
LogSoftmax | Logarithm of the softmax along an axis.
Loop | Runs a graph again and again, by a count, a condition, or both.
LpNormalization | Divides by the p-norm along an axis.
LpPool | p-norm over a window that slides across the spatial axes.
MatMul | Matrix product over the last two axes, with broadcasting over those before.
MatMulInteger | Matrix product of 8-bit integers, less their zero points, into 32-bit ones.
Max | Largest of several tensors, element by element, with broadcasting.
MaxPool | Largest element in a window that slides across the spatial axes, and where it is.
MaxRoiPool | Largest elements in a grid over each region of interest.
MaxUnpool | Puts pooled elements back where they came from, zeros elsewhere.
Mean | Mean of several tensors, element by element, with broadcasting.
MeanVarianceNormalization | Normalizes over given axes to mean 0 and deviation 1.
MelWeightMatrix | The matrix that turns a spectrum into mel bands.
Min | Smallest of several tensors, element by element, with broadcasting.
Mish | x·tanh(softplus(x)).
Mod | Remainder of a division, with the sign of the divisor, or of the dividend with fmod.
Mul | Product of two tensors, element by element, with broadcasting.
Multinomial | Random classes, drawn by given log probabilities.
Neg | Each element with the other sign.
NonMaxSuppression | Picks boxes by score and drops those that overlap one picked before too much.
NonZero | Positions of all elements that are not zero.
Not | True where its input is false.
OneHot | One at each index along a new axis, the off value elsewhere.
Optional | Wraps a value, or none.
OptionalGetElement | The value that an optional holds.
OptionalHasElement | Whether an optional holds a value.
Or | True where either is true, with broadcasting.
PRelu | x where it is positive, slope·x where it is not, with a learned slope.
Pad | Adds a border: a constant, the edge, its mirror image, or the other end.
Pow | The first to the power of the second, with broadcasting.
QLinearConv | Convolution of quantized tensors with a quantized result.
QLinearMatMul | Matrix product of quantized tensors with a quantized result.
QuantizeLinear | round(x / scale) + zero point, limited to the integer type.
RMSNormalization | Divides by the root of the mean square over the last axes, then times scale.
RNN | A simple recurrent network over a sequence.
RandomNormal | Random normal numbers of a given shape.
RandomNormalLike | Random normal numbers of the shape of its input.
RandomUniform | Random uniform numbers of a given shape.
RandomUniformLike | Random uniform numbers of the shape of its input.
Range | Numbers from a start up to a limit in equal steps.
Reciprocal | One over each element.
ReduceL1 | Sum of absolute values over axes.
ReduceL2 | Root of the sum of squares over axes.
ReduceLogSum | Logarithm of the sum over axes.
ReduceLogSumExp | Logarithm of the sum of exponentials over axes.
ReduceMax | Largest element over axes.
ReduceMean | Mean over axes.
ReduceMin | Smallest element over axes.
ReduceProd | Product over axes.
ReduceSum | Sum over axes.
ReduceSumSquare | Sum of squares over axes.
Relu | x where it is positive, zero where it is not.
Reshape | The same elements under another shape: −1 takes what is left, 0 keeps an axis unless allowzero is set.
Resize | Enlarges or shrinks axes by interpolation.
ReverseSequence | Reverses the first so many steps of each sequence of a batch.
RoiAlign | Mean or largest of interpolated samples in a grid over each region of interest.
RotaryEmbedding | Turns pairs of elements by angles that grow with the position.
Round | Each element rounded to the nearest whole number, halves to the even one.
STFT | Fourier transforms of overlapping windows of a signal.
Scan | Runs a graph over the slices of its inputs and carries state from one to the next.
Scatter | Writes updates into a copy along an axis; ScatterElements took its place.
ScatterElements | Writes single elements into a copy along an axis, or combines them with what is there.
ScatterND | Writes elements or slices into a copy by tuples of indices, or combines them with what is there.
Selu | gamma·x where it is positive, gamma·alpha·(exp(x) − 1) where it is not.
SequenceAt | One tensor of a sequence.
SequenceConstruct | A sequence of tensors.
SequenceEmpty | A sequence with nothing in it.
SequenceErase | A sequence without one of its tensors.
SequenceInsert | A sequence with one more tensor.
SequenceLength | How many tensors a sequence holds.
SequenceMap | Runs a graph on each tensor of a sequence.
Shape | The sizes of its input's axes, as integers.
Shrink | Moves elements toward zero by a bias, and makes zero what is within lambd of it.
Sigmoid | 1 / (1 + exp(−x)).
Sign | −1, 0 or 1 by the sign of each element.
SimplifiedLayerNormalization | Divides by the root of the mean square over the last axes, then times scale; ONNX Runtime's own.
Sin | Sine of each element, in radians.
Sinh | Hyperbolic sine of each element.
Size | How many elements its input has.
Slice | Cuts from start to end along axes, in steps, backwards with negative ones.
Softmax | Exponentials over their sum, along an axis: positive numbers that add up to one.
Softplus | log(1 + exp(x)).
Softsign | x / (1 + |x|).
SpaceToDepth | Moves blocks of height and width into channels.
Split | Cuts a tensor along an axis into parts of given or equal sizes.
SplitToSequence | Cuts a tensor along an axis into a sequence.
Sqrt | Square root of each element.
Squeeze | Takes out axes of size one.
Sub | Difference of two tensors, element by element, with broadcasting.
Sum | Sum of several tensors, element by element, with broadcasting.
Swish | x·sigmoid(alpha·x).
Tan | Tangent of each element, in radians.
Tanh | Hyperbolic tangent of each element.
TensorScatter | Writes an update into a cache along its sequence axis, at given positions.
TfIdfVectorizer | Counts or weighs the n-grams of a sequence.
ThresholdedRelu | x where it is above alpha, zero where it is not.
Tile | Repeats the whole tensor along each axis.
TopK | The k largest or smallest elements along an axis, and where they are.
Transpose | Puts the axes into another order; reversed where none is given.
Trilu | Keeps the upper or the lower triangle of matrices, zeros elsewhere.
Unique | The distinct elements or slices, with where they first occur, how to get back, and their counts.
Unsqueeze | Puts in axes of size one.
Upsample | Enlarges axes by whole factors; Resize took its place.
Where | Takes from the first where a condition is true, from the second where it is not, with broadcasting.
Xor | True where exactly one of two is true, with broadcasting.
com.microsoft.Attention | Self-attention with the projection to queries, keys and values in it, from one packed weight.
com.microsoft.BiasGelu | Gelu of a sum with a bias.
com.microsoft.BiasSoftmax | Softmax of a sum with a bias.
com.microsoft.DequantizeLinear | As DequantizeLinear, of more integer types.
com.microsoft.DynamicQuantizeMatMul | Quantizes its first operand as it runs, and multiplies it with a quantized weight.
com.microsoft.EmbedLayerNormalization | Sum of word, position and segment embeddings, normalized, and the lengths that a mask tells.
com.microsoft.FastGelu | Gelu by its tanh approximation, of a sum with a bias where one is given.
com.microsoft.FusedConv | Convolution with a sum and an activation behind it.
com.microsoft.FusedGemm | Gemm with an activation behind it.
com.microsoft.FusedMatMul | alpha·A·B, either of which may be transposed.
com.microsoft.Gelu | x·Φ(x), exactly, by erf.
com.microsoft.GroupNorm | Group normalization with channels last, and Swish behind it where asked.
com.microsoft.GroupQueryAttention | Causal attention in which several query heads share a head of keys and values, with a cache and rotary positions.
com.microsoft.IsAllFinite | Whether no element of any input is infinite or not a number.
com.microsoft.MatMulIntegerToFloat | Product of quantized matrices, scaled to floats, with a bias where one is given.
com.microsoft.MatMulNBits | Product with a weight that is stored in blocks of a few bits.
com.microsoft.MultiHeadAttention | Attention of queries, keys and values that are projected already, by heads.
com.microsoft.QLinearAdd | Sum of quantized tensors with a quantized result.
com.microsoft.QLinearMul | Product of quantized tensors with a quantized result.
com.microsoft.QLinearSigmoid | Sigmoid of a quantized tensor with a quantized result.
com.microsoft.QuantizeLinear | As QuantizeLinear, to more integer types.
com.microsoft.QuickGelu | x·sigmoid(alpha·x).
com.microsoft.RotaryEmbedding | Turns pairs of elements by angles that grow with the position.
com.microsoft.SkipGroupNorm | Group normalization of a sum with the skipped value, and the sum itself.
com.microsoft.SkipLayerNormalization | Layer normalization of a sum with the skipped value, and the sum itself.
com.microsoft.SkipSimplifiedLayerNormalization | RMS normalization of a sum with the skipped value, and the sum itself.
com.microsoft.Trilu | Keeps the upper or the lower triangle of matrices, zeros elsewhere.
`

export const SUMMARIES: ReadonlyMap<string, string> = new Map(
  TEXT.trim()
    .split('\n')
    .map((line) => {
      const at = line.indexOf(' | ')
      return [line.slice(0, at), line.slice(at + 3)] as const
    }),
)
