/**
 * Patterns as networks have them, to be changed at random. `x` is some value of the given rank. Other names by their first
 * letter: a [-1], s [2, 3], c a constant along the last axis, k one a channel [C,1,1], v positive [C], w [last, last], f a
 * kernel [C,C,1,1], others a value of x's shape.
 */
export const MOTIFS: readonly { readonly rank: number; readonly text: string }[] = [
  { rank: 3, text: 'y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135)), 1)), 0.5)' },
  { rank: 3, text: 'h = Add(x, c)\ny = Mul(h, Mul(0.5, Add(Erf(Mul(h, 0.70710678)), 1)))' },
  { rank: 3, text: 'y = Mul(Mul(x, 0.5), Add(Tanh(Mul(Add(x, Mul(Pow(x, 3), 0.044715)), 0.7978846)), 1))' },
  { rank: 2, text: 'y = Mul(x, Sigmoid(Mul(x, 1.702)))' },
  { rank: 4, text: 'y = Mul(x, Sigmoid(x))' },
  {
    rank: 3,
    text: 'd = Sub(x, ReduceMean(x, a))\ny = Add(Mul(Div(d, Sqrt(Add(ReduceMean(Pow(d, 2), a), 0.00001))), c1), c2)',
  },
  {
    rank: 3,
    text: 't = Add(x, r)\nd = Sub(t, ReduceMean(t, a))\ny = Add(Mul(Div(d, Sqrt(Add(ReduceMean(Mul(d, d), a), 0.00001))), c1), c2)',
  },
  {
    rank: 3,
    text: 't = Add(x, r)\nd = Sub(t, ReduceMean(t, a))\ny = Div(d, Sqrt(Add(ReduceMean(Mul(d, d), a), 0.00001)))',
  },
  { rank: 3, text: 't = Add(Add(x, r), c)\ny = Div(t, Sqrt(Add(ReduceMean(Mul(t, t), a), 0.00001)))' },
  { rank: 3, text: 'y = Mul(c, Mul(x, Reciprocal(Sqrt(Add(ReduceMean(Pow(x, 2), a), 0.00001)))))' },
  { rank: 2, text: 'y = Mul(Div(x, Sqrt(Add(ReduceMean(Mul(x, x), a), 0.00001))), c)' },
  { rank: 3, text: 'y = LayerNormalization<axis=-1, epsilon=0.00001>(Add(Add(x, c), r), c1, c2)' },
  { rank: 4, text: 'y = MatMul(Softmax<axis=-1>(Div(MatMul(x, Transpose<perm=[0,1,3,2]>(r)), 2)), x)' },
  { rank: 4, text: 'y = MatMul(Softmax<axis=-1>(Add(MatMul(Mul(x, 0.5), Transpose<perm=[0,1,3,2]>(r)), m)), u)' },
  { rank: 4, text: 'y = Relu(BatchNormalization(Conv(x, f), v1, v2, v3, v4))' },
  { rank: 4, text: 'y = Relu(Add(Conv(x, f, v), r))' },
  { rank: 4, text: 'y = Add(Mul(BatchNormalization(x, v1, v2, v3, v4), k1), k2)' },
  { rank: 4, text: 'y = Conv(Sub(Mul(x, k1), k2), f)' },
  { rank: 4, text: 'y = Clip(Div(Conv(x, f, v), k), 0, 6)' },
  { rank: 4, text: 'y = Div(Mul(x, Clip(Add(x, 3), 0, 6)), 6)' },
  { rank: 4, text: 'y = Mul(Conv(x, f), HardSigmoid<alpha=0.16666667, beta=0.5>(x))' },
  { rank: 4, text: 'y = Mul(x, Sigmoid(Conv(Relu(Conv(ReduceMean(x, s), f1, v)), f2)))' },
  { rank: 4, text: 'y = Flatten(GlobalAveragePool(x))' },
  { rank: 4, text: 'y = Add(Transpose<perm=[0,3,1,2]>(Mul(Add(MatMul(x, w), c1), c2)), r)' },
  { rank: 3, text: 'y = Add(MatMul(Mul(x, c1), w), c2)' },
  { rank: 2, text: 'y = Relu(Mul(Add(MatMul(x, w), c1), c2))' },
  { rank: 2, text: 'y = Tanh(Gemm<beta=0.5, transB=1>(x, w, c))' },
  { rank: 3, text: 'y = Mul(MatMul(Transpose<perm=[0,2,1]>(x), r), 0.125)' },
  { rank: 3, text: 'p = Relu(MatMul(x, w1))\nq = Neg(MatMul(x, w2))\ny = Add(Add(p, q), Abs(MatMul(x, w3)))' },
  { rank: 4, text: 'y = Min(Max(Relu(x), 0.5), 2)' },
]
