/** What the language of rules can say: each with a network that matches, and a near twin that must not. */
import { describe, expect, test } from 'vitest'
import { onnxDialect } from '../../src/dialects/onnx'
import {
  attempt,
  parseRule,
  printRule,
  prune,
  RewritePatternManager,
  RuleError,
  RulePattern,
  Schemas,
  verifyNetwork,
} from '../../src/engine'
import type { RuleSyntaxError } from '../../src/engine'
import { expectNoMatch, expectRewrite } from '../patterns/expect-rewrite'
import { net } from '../patterns/notation'
import { wiringDifference } from '../patterns/wiring'

const NEWEST = Schemas.newest(onnxDialect)
const entry = (text: string) => ({ label: 'rule', benefit: 1, pattern: new RulePattern(text, { schemas: NEWEST }) })

/** What matches becomes `after`; what nearly does is left as it is. */
interface Case {
  readonly rule: string
  readonly matches: readonly (readonly [network: string, after: string])[]
  readonly not: readonly (readonly [network: string, why?: RegExp])[]
}

const X = 'in x float32[2,3,4]'
const TWO = `${X}\nin z float32[2,3,4]\nconst g float32[4]\nconst b float32[4]`
const SUM = `${TWO}\ns = Add(x, z)`
const [LAYER, SKIP] = ['LayerNormalization<epsilon=0.001>', 'com.microsoft.SkipLayerNormalization<epsilon=0.001>']
const cases: Readonly<Record<string, Case>> = {
  'optional attributes, one list by another': {
    rule: 'y = Transpose<perm=$p?>(Transpose<perm=$q>(x))\n=>\ny = Transpose<perm={$q[$p ?? reversed(range(x.rank))]}>(x)',
    matches: [
      [`${X}\ny = Transpose<perm=[1,0,2]>(Transpose<perm=[2,0,1]>(x))\nout y`, 'y = Transpose<perm=[0,2,1]>(x)'],
      [`${X}\ny = Transpose(Transpose<perm=[2,0,1]>(x))\nout y`, 'y = Transpose<perm=[1,0,2]>(x)'],
    ],
    not: [[`${X}\ny = Transpose<perm=[1,0,2]>(Transpose(x))\nout y`, /perm is not given/]],
  },
  'operands in one order only': {
    rule: 'y = Add!(Neg(x), z)\n=>\ny = Sub(z, x)\nwhere z.isInput',
    matches: [['in x float32[2]\nin z float32[2]\ny = Add(Neg(x), z)\nout y', 'y = Sub(z, x)']],
    not: [
      ['in x float32[2]\nin z float32[2]\ny = Add(z, Neg(x))\nout y', /expected Neg/],
      ['in x float32[2]\nin z float32[2]\ny = Sub(Neg(x), z)\nout y'],
    ],
  },
  'sums in one order only': {
    rule: 'y = Sum!(Neg(x), ...r)\n=>\ny = Sub(Sum(...r), x)',
    matches: [['in x float32[2]\nin z float32[2]\ny = Sum(Neg(x), z, x)\nout y', 'y = Sub(Sum(z, x), x)']],
    not: [['in x float32[2]\nin z float32[2]\ny = Sum(z, Neg(x), x)\nout y']],
  },
  'results that are left out, and values of the left that others use': {
    rule: 'sum = Add(x, skip)\ny = LayerNormalization<axis=-1, epsilon=$e, stash_type=1>(sum, g, b?)\n=>\ny, _, _, sum = com.microsoft.SkipLayerNormalization<epsilon=$e>(x, skip, g, b)\nwhere x.rank == 3, x.shape == skip.shape',
    matches: [
      [`${SUM}\ny = ${LAYER}(s, g, b)\nout y`, `y = ${SKIP}(x, z, g, b)`],
      [`${SUM}\ny = ${LAYER}(s, g)\nv = Relu(s)\nout y, v`, `y, _, _, s = ${SKIP}(x, z, g)\nv = Relu(s)`],
      [`${SUM}\ny = ${LAYER}(s, g, b)\nout y, s`, `y, _, _, s = ${SKIP}(x, z, g, b)`],
    ],
    not: [
      [`${SUM}\ny, m = ${LAYER}(s, g, b)\nout y, m`, /also used by network output m/],
      [`${SUM}\nq = MatMul(s, g)\ny = ${LAYER}(s, g, q)\nout y, q`, /operands that do not depend on the results/],
    ],
  },
  'results that a layer may give, of one of several forms': {
    rule: 'y, _, _, s? = (com.microsoft.SkipLayerNormalization<...$at>(x, Neg(z), g) | com.microsoft.SkipLayerNormalization<...$at>(Neg(x), z, g))\n=>\ny, _, _, s = com.microsoft.SkipLayerNormalization<...$at>(z, x, g)\nwhere given s, x.isConstant',
    matches: [],
    not: [
      [`${TWO}\ny = ${SKIP}(x, Neg(z), g)\nout y`, /s is absent, the rule needs s to be given/],
      [`${TWO}\ny, _, _, t = ${SKIP}(Neg(x), z, g)\nout y, t`, /x\.isConstant is false/],
    ],
  },
  'a result that a layer may give, handed on': {
    rule: 'y, _, _, s? = com.microsoft.SkipLayerNormalization<...$at>(Identity(x), z, g)\n=>\ny, _, _, s = com.microsoft.SkipLayerNormalization<...$at>(x, z, g)',
    matches: [
      [`${TWO}\ny = ${SKIP}(Identity(x), z, g)\nout y`, `y = ${SKIP}(x, z, g)`],
      [`${TWO}\ny, _, _, t = ${SKIP}(Identity(x), z, g)\nout y, t`, `y, _, _, t = ${SKIP}(x, z, g)`],
    ],
    not: [[`${TWO}\ny = ${SKIP}(x, z, g)\nout y`]],
  },
  'powers of two, and what is a float32': {
    rule: 'y = Div(x, @c)\n=>\n@r = Div(1, c)\ny = Mul(x, r)\nwhere all(powerOfTwo(abs(c.value))), abs(single(0.5) - 0.5) <= 0',
    matches: [
      [
        'in x float64[3]\nconst c float64[3] = 2 -0.25 1\ny = Div(x, c)\nout y',
        'const r float64[3] = 0.5 -4 1\ny = Mul(x, r)',
      ],
    ],
    not: [
      ['in x float64[3]\nconst c float64[3] = 2 8.0000000001 1\ny = Div(x, c)\nout y', /powerOfTwo/],
      ['in x float64[1]\nconst c float64[1] = 0\ny = Div(x, c)\nout y', /powerOfTwo/],
      ['in x float64[1]\nin c float64[1]\ny = Div(x, c)\nout y', /a constant c/],
    ],
  },
  'an attribute that must be absent': {
    rule: 'y = Transpose<perm=none>(Transpose<perm=none>(x))\n=>\ny = x',
    matches: [[`${X}\ny = Abs(Transpose(Transpose(x)))\nout y`, 'y = Abs(x)']],
    not: [[`${X}\ny = Abs(Transpose<perm=[2,1,0]>(Transpose(x)))\nout y`]],
  },
  'axes count from either end': {
    rule: 'y = Relu(Softmax<axis=-1>(x))\n=>\ny = Softmax(x)',
    matches: [
      [`${X}\ny = Relu(Softmax<axis=2>(x))\nout y`, 'y = Softmax(x)'],
      [`${X}\ny = Relu(Softmax(x))\nout y`, 'y = Softmax(x)'],
    ],
    not: [[`${X}\ny = Relu(Softmax<axis=1>(x))\nout y`, /axis is 1/]],
  },
  'types by the names that they have elsewhere, attributes among the operands': {
    rule: 'y = Cast(Cast(x, to=TensorProto.DOUBLE), to=FLOAT)\n=>\ny = x\nwhere x.dtype == float',
    matches: [[`${X}\ny = Abs(Cast<to=1>(Cast<to=11>(x)))\nout y`, 'y = Abs(x)']],
    not: [[`${X}\ny = Abs(Cast<to=1>(Cast<to=10>(x)))\nout y`]],
  },
  'the same optional attribute twice: both have it alike, or none has it': {
    rule: 'y = Transpose<perm=$p?>(Relu(Transpose<perm=$p?>(x)))\n=>\ny = Relu(x)\nwhere x.rank == 2',
    matches: [[`in x float32[2,3]\ny = Transpose(Relu(Transpose(x)))\nout y`, 'y = Relu(x)']],
    not: [
      [`in x float32[2,2]\ny = Transpose<perm=[0,1]>(Relu(Transpose(x)))\nout y`],
      [`in x float32[2,2]\ny = Transpose(Relu(Transpose<perm=[0,1]>(x)))\nout y`],
    ],
  },
  'lists: parts, put together, functions': {
    rule: 'y = Reshape<...$at>(Flatten<axis=1>(x), @s)\n=>\ny = Reshape<...$at>(x, {x.shape[:1] ++ [prod(x.shape[1:])]})\nwhere s.value == [x.shape[0], prod(x.shape[1:])]',
    matches: [[`${X}\nconst s int64[2] = 2 12\ny = Reshape(Flatten<axis=1>(x), s)\nout y`, '1 Reshape']],
    not: [[`${X}\nconst s int64[2] = 12 2\ny = Reshape(Flatten<axis=1>(x), s)\nout y`, /s\.value/]],
  },
  'a constant of one element is a list of one': {
    rule: 'y = Unsqueeze(Unsqueeze(x, @a), @b)\n=>\ny = Unsqueeze(x, {a.value ++ b.value})\nwhere len(a.value) == 1, all(a.value >= 0), max(a.value) < b.value[0], prod(b.value) == 2',
    matches: [
      [
        `in x float32[3]\nconst a int64[1] = 0\nconst b int64[1] = 2\ny = Unsqueeze(Unsqueeze(x, a), b)\nout y`,
        '1 Unsqueeze',
      ],
    ],
    not: [
      [`in x float32[3]\nconst a int64[1] = 2\nconst b int64[1] = 2\ny = Unsqueeze(Unsqueeze(x, b), a)\nout y`],
      [`in x float32[3]\nconst a int64[2] = 0 1\nconst b int64[1] = 2\ny = Unsqueeze(Unsqueeze(x, a), b)\nout y`],
    ],
  },
  'constants that hold the same are one': {
    rule: 'y = Div(Mul(x, @c), @c)\n=>\ny = Identity(x)\nwhere c.value == 2',
    matches: [[`${X}\nconst c float32[] = 2\nconst d float32[] = 2\ny = Div(Mul(x, c), d)\nout y`, 'y = Identity(x)']],
    not: [
      [`${X}\nconst c float32[] = 2\nconst d float32[] = 3\ny = Div(Mul(x, c), d)\nout y`],
      [`${X}\nconst c float32[] = 2\nconst d float32[1] = 2\ny = Div(Mul(x, c), d)\nout y`],
    ],
  },
  'element by element, and what holds of all of them': {
    rule: 'y = Transpose<perm=$p>(x)\n=>\ny = x\nwhere all($p == range(x.rank)), not any($p * 2 + 1 == 0)',
    matches: [[`${X}\ny = Abs(Transpose<perm=[0,1,2]>(x))\nout y`, 'y = Abs(x)']],
    not: [
      [`${X}\ny = Abs(Transpose<perm=[0,2,1]>(x))\nout y`],
      [`in x float32[2]\nin z float32[3,2]\ny = Abs(Transpose<perm=[1,0]>(z))\nout y`],
    ],
  },
  'the type that a layer would have': {
    rule: 'y = MatMul(Expand(a, @s), b)\n=>\ny = MatMul(a, b)\nwhere MatMul(a, b).shape == y.shape',
    matches: [
      [
        `in a float32[2,3]\nin b float32[3,4]\nconst s int64[2] = 2 3\ny = MatMul(Expand(a, s), b)\nout y`,
        'y = MatMul(a, b)',
      ],
    ],
    not: [
      [
        `in a float32[2,3]\nin b float32[3,4]\nconst s int64[3] = 5 2 3\ny = MatMul(Expand(a, s), b)\nout y`,
        /MatMul\(a, b\)\.shape is \[2, 4\]/,
      ],
    ],
  },
  'a kind variable': {
    rule: 'y = $f:(Add | Mul | Sub)(Identity(x), b)\n=>\ny = $f(x, b)',
    matches: [
      [`${X}\nin z float32[4]\ny = Sub(Identity(x), z)\nout y`, 'y = Sub(x, z)'],
      [`${X}\nin z float32[4]\ny = Mul(z, Identity(x))\nout y`, 'y = Mul(x, z)'],
    ],
    not: [
      [`${X}\nin z float32[4]\ny = Div(Identity(x), z)\nout y`],
      [`${X}\nin z float32[4]\ny = Sub(z, Identity(x))\nout y`, /expected Identity/],
    ],
  },
  'the same kind twice': {
    rule: 'y = $f:(Relu | Abs)($f(x))\n=>\ny = $f(x)',
    matches: [[`${X}\ny = Neg(Abs(Abs(x)))\nout y`, 'y = Neg(Abs(x))']],
    not: [[`${X}\ny = Neg(Abs(Relu(x)))\nout y`]],
  },
  'the rest on both sides': {
    rule: 'y = Concat<axis=$a>(...l, Concat<axis=$a>(...m), ...r)\n=>\ny = Concat<axis=$a>(...l, ...m, ...r)',
    matches: [
      [
        `in x float32[2]\nin z float32[3]\nin w float32[4]\ny = Concat<axis=0>(x, Concat<axis=0>(z, w), x)\nout y`,
        'y = Concat<axis=0>(x, z, w, x)',
      ],
      [`in x float32[2]\nin z float32[3]\ny = Concat<axis=0>(Concat<axis=0>(z, x))\nout y`, 'y = Concat<axis=0>(z, x)'],
    ],
    not: [[`in x float32[2,2]\nin z float32[2,4]\ny = Concat<axis=0>(z, Concat<axis=1>(x, x))\nout y`, /axis is 1/]],
  },
  'sums in any order, with constants as the rest': {
    rule: 'y = Max(Relu(x), ...@c)\n=>\ny = Relu(Max(x, ...c))',
    matches: [
      [
        `in x float32[3]\nconst c float32[3] = 1 2 3\nconst d float32[1] = 4\ny = Max(c, Relu(x), d)\nout y`,
        'y = Relu(Max(x, c, d))',
      ],
    ],
    not: [
      [`in x float32[3]\nin z float32[3]\nconst c float32[3] = 1 2 3\ny = Max(c, Relu(x), z)\nout y`, /constants c/],
    ],
  },
  'all results of a layer': {
    rule: '...p = Split<axis=$a>(x, @s)\ny = Concat<axis=$a>(...p)\n=>\ny = x',
    matches: [
      [
        `in x float32[6]\nconst s int64[3] = 1 2 3\na, b, c = Split<axis=0>(x, s)\ny = Abs(Concat<axis=0>(a, b, c))\nout y`,
        'y = Abs(x)',
      ],
    ],
    not: [
      [
        `in x float32[6]\nconst s int64[3] = 1 2 3\na, b, c = Split<axis=0>(x, s)\ny = Abs(Concat<axis=0>(a, c, b))\nout y`,
        /all of its results, in their order/,
      ],
      [
        `in x float32[6]\nconst s int64[3] = 1 2 3\na, b, c = Split<axis=0>(x, s)\ny = Abs(Concat<axis=0>(a, b))\nout y`,
        /all of its results/,
      ],
      [
        `in x float32[6]\nconst s int64[3] = 1 2 3\na, b, c = Split<axis=0>(x, s)\ny = Abs(Concat<axis=0>(a, b, c))\nout y, b`,
        /outside the match|also used by/,
      ],
    ],
  },
  'constants of a shape and a type': {
    rule: 'y = Sub(x, x)\n=>\ny = full(x.shape, 0): float32\nwhere x.dtype == float32',
    matches: [[`in x float32[2,3]\ny = Add(Sub(x, x), x)\nout y`, '1 Add']],
    not: [[`in x float32[N,3]\nin z float32[N,3]\ny = Sub(x, z)\nout y`]],
  },
  'a constant worked out at once': {
    rule: 'y = Mul(MatMul(x, @w), @s)\n=>\n@v = Mul(w, s)\ny = MatMul(x, v)\nwhere s.size == 1',
    matches: [
      [`in x float32[2,3]\nconst w float32[3,4]\nconst s float32[] = 2\ny = Mul(MatMul(x, w), s)\nout y`, '1 MatMul'],
    ],
    not: [
      [`in x float32[2,3]\nconst w float32[3,4]\nconst s float32[4]\ny = Mul(MatMul(x, w), s)\nout y`, /s\.size is 4/],
    ],
  },
  'a default where an operand is absent': {
    rule: 'y = Relu(Clip(x, a?, b?))\n=>\ny = Clip(x, {max(a.value ?? 0, 0)}, b)\nwhere x.dtype == float32, not given a or a.isConstant, not given b or b.value >= 0',
    matches: [
      [`in x float32[3]\nconst b float32[] = 6\ny = Relu(Clip(x, none, b))\nout y`, '1 Clip'],
      [`in x float32[3]\nconst a float32[] = -1\nconst b float32[] = 6\ny = Relu(Clip(x, a, b))\nout y`, '1 Clip'],
      [`in x float32[3]\ny = Relu(Clip(x))\nout y`, '1 Clip'],
    ],
    not: [
      [`in x float32[3]\nin a float32[]\ny = Relu(Clip(x, a))\nout y`, /a\.isConstant is false/],
      [`in x float32[3]\nconst b float32[] = -6\ny = Relu(Clip(x, none, b))\nout y`],
    ],
  },
  'given and not given': {
    rule: 'y = Clip(x, a?, b?)\n=>\ny = Max(x, a)\nwhere given a, not given b',
    matches: [[`in x float32[3]\nin a float32[]\ny = Clip(x, a)\nout y`, 'y = Max(x, a)']],
    not: [
      [`in x float32[3]\nin b float32[]\ny = Clip(x, none, b)\nout y`, /a is absent, the rule needs a to be given/],
      [`in x float32[3]\nin a float32[]\nin b float32[]\ny = Clip(x, a, b)\nout y`, /given b holds/],
    ],
  },
  'the operator set': {
    rule: 'y = Relu(Relu(x))\n=>\ny = Relu(x)\nwhere opset >= 20',
    matches: [[`${X}\ny = Relu(Relu(x))\nout y`, 'y = Relu(x)']],
    not: [],
  },
  'let: a form that stands for several layers, its argument one layer': {
    rule: 'let twice(x) = Add(x, x)\ny = Neg(twice(Relu(x)))\n=>\ny = Mul(Relu(x), -2)',
    matches: [[`${X}\na = Relu(x)\ny = Neg(Add(a, a))\nout y`, 'y = Mul(Relu(x), -2)']],
    not: [[`${X}\ny = Neg(Add(Relu(x), Relu(x)))\nout y`]],
  },
  'several outcomes: the first whose conditions hold': {
    rule: 'y = Add(x, @c)\n=>\ny = x\nwhere c.value == 0, x.rank == 1\n=>\ny = Sub(x, {0 - c.value})\nwhere c.size == 1',
    matches: [[`in x float32[3]\nconst c float32[] = 2\ny = Add(x, c)\nout y`, 'y = Sub(x, -2)']],
    not: [[`in x float32[3]\nconst c float32[3]\ny = Add(x, c)\nout y`, /c\.value is/]],
  },
  'sizes by name': {
    rule: 'y = Reshape<...$at>(Reshape<allowzero=0>(x, @a), @b)\n=>\ny = Reshape<...$at>(x, {[B, S, H * D]})\nwhere x.shape == [B, S, H, D], y.shape == [B, S, H * D]',
    matches: [
      [
        `in x float32[2,3,4,5]\nconst a int64[2] = 6 20\nconst b int64[3] = 2 3 20\ny = Reshape(Reshape(x, a), b)\nout y`,
        '1 Reshape',
      ],
    ],
    not: [
      [
        `in x float32[2,3,4,5]\nconst a int64[2] = 6 20\nconst b int64[3] = 3 2 20\ny = Reshape(Reshape(x, a), b)\nout y`,
        /y\.shape\[0\] is 3/,
      ],
      [
        `in x float32[2,3,4]\nconst a int64[1] = 24\nconst b int64[3] = 2 3 4\ny = Reshape(Reshape(x, a), b)\nout y`,
        /x\.rank is 3/,
      ],
    ],
  },
  'a size by name, of one dimension': {
    rule: 'y = Relu(Add(x, z))\n=>\ny = Max(Add(x, z), {0})\nwhere x.shape[-1] == N, z.shape[-1] == N, x.shape == z.shape',
    matches: [[`${X}\nin z float32[2,3,4]\ny = Relu(Add(x, z))\nout y`, 'y = Max(Add(x, z), 0)']],
    not: [
      [`${X}\nin z float32[2,3,1]\ny = Relu(Add(x, z))\nout y`, /z\.shape\[-1\] is 1/],
      ['in x float32[]\nin z float32[]\ny = Relu(Add(x, z))\nout y', /x\.rank is 0/],
    ],
  },
  'the type that a layer of a kind variable would have': {
    rule: 'y = $f:(Add | Mul)(Expand(x, s), b)\n=>\ny = $f(x, b)\nwhere $f(x, b).shape == y.shape',
    matches: [
      [`${X}\nin b float32[2,3,4]\nconst s int64[3] = 2 3 4\ny = Mul(b, Expand(x, s))\nout y`, 'y = Mul(x, b)'],
    ],
    not: [[`in x float32[1,4]\nin b float32[4]\nconst s int64[2] = 3 4\ny = Mul(Expand(x, s), b)\nout y`]],
  },
  'a word in quotes that means something else without': {
    rule: 'y = my.Custom<a=$a, b=$b>(x)\n=>\ny = Relu(x)\nwhere $a in ["half", "in"], not $b == "true"',
    matches: [],
    not: [],
  },
  'to the bit, 0 is not -0': {
    rule: 'rule "Nothing" exact\ny = Sub(x, 0)\n=>\ny = Identity(x)',
    matches: [[`${X}\nconst c float32[] = 0\ny = Sub(x, c)\nout y`, 'y = Identity(x)']],
    not: [[`${X}\nconst c float32[] = -0\ny = Sub(x, c)\nout y`]],
  },
  'a list that something is not in': {
    rule: 'y = Relu(Relu(x))\n=>\ny = Relu(x)\nwhere x.rank not in [1, 2]',
    matches: [[`${X}\ny = Relu(Relu(x))\nout y`, 'y = Relu(x)']],
    not: [['in x float32[2]\ny = Relu(Relu(x))\nout y']],
  },
  'kinds that a condition chooses among, with other conditions': {
    rule: 'y = $f:(Add | Mul | Sub)(x, 0)\n=>\ny = Identity(x)\nwhere ($f == Mul and x.rank == 7) or $f in [Add, Sub]',
    matches: [
      [`${X}\ny = Sub(x, 0)\nout y`, 'y = Identity(x)'],
      [`${X}\ny = Add(x, 0)\nout y`, 'y = Identity(x)'],
    ],
    not: [[`${X}\ny = Mul(x, 0)\nout y`]],
  },
  'conditions in parentheses': {
    rule: 'y = Relu(Relu(x))\n=>\ny = Relu(x)\nwhere (x.rank == 1 or x.rank == 2) and (x.rank + 1) * 2 == 6',
    matches: [[`in x float32[2,3]\ny = Relu(Relu(x))\nout y`, 'y = Relu(x)']],
    not: [[`in x float32[2]\ny = Relu(Relu(x))\nout y`], [`${X}\ny = Relu(Relu(x))\nout y`]],
  },
  'one of two, for each element of a list': {
    rule: 'y = Reshape<...$at>(x, @s)\n=>\ny = Reshape<...$at>(x, {choose(s.value == 0, x.shape[:2], s.value)})\nwhere any(s.value == 0)',
    matches: [
      [`${X}\nconst s int64[2] = 0 12\ny = Reshape(x, s)\nout y`, 'const c int64[2] = 2 12\ny = Reshape(x, c)'],
    ],
    not: [[`${X}\nconst s int64[2] = 2 12\ny = Reshape(x, s)\nout y`]],
  },
  'a condition on each element, of several comparisons': {
    rule: 'y = Add(Expand(x, @s), z)\n=>\ny = Add(x, z)\nwhere all(s.value == x.shape or s.value == z.shape)',
    matches: [
      [
        'in x float32[2,1]\nin z float32[1,3]\nconst s int64[2] = 2 3\ny = Add(Expand(x, s), z)\nout y',
        'y = Add(x, z)',
      ],
    ],
    not: [['in x float32[2,1]\nin z float32[2,1]\nconst s int64[2] = 2 3\ny = Add(Expand(x, s), z)\nout y']],
  },
  'values at their places, and what is known of a size': {
    rule: 'y = Unsqueeze(x, @a)\n=>\ny = Reshape(x, {put([-1, -1, -1], a.value, [1])})\nwhere known(x.shape[0]), x.rank == 2',
    matches: [],
    not: [['in x float32[N,3]\nconst a int64[1] = 0\ny = Unsqueeze(x, a)\nout y', /known\(x\.shape\[0\]\) is false/]],
  },
  'several operands at once': {
    rule: 'y = Max(Min(x, ...@u), ...@l)\n=>\ny = Clip(x, {max(l.value)}, {min(u.value)})\nwhere all(l.size == 1), all(u.size == 1), max(l.value) <= min(u.value), x.dtype == float32',
    matches: [[`${X}\ny = Max(Min(x, 6, 5), 1, 0)\nout y`, 'y = Clip(x, 1, 5)']],
    not: [[`${X}\ny = Max(Min(x, 6, 1), 2, 0)\nout y`]],
  },
  'a tensor as an attribute': {
    rule: 'y = Cast<to=$t>(ConstantOfShape<value=$v>(s))\n=>\ny = ConstantOfShape<value={tensor($v, $t)}>(s)\nwhere $v == 2',
    matches: [],
    not: [['in s int64[2]\ny = Cast<to=1>(ConstantOfShape(s))\nout y', /value is not given/]],
  },
  'what newcomers write: attributes among the operands, types by name, _ for any value': {
    rule: 'y = Where(_, x, Softmax(Cast(_, to=float), axis=-1))\n=>\ny = x\nwhere x.rank == 7',
    matches: [],
    not: [
      [
        `in c bool[2]\nin x float32[2]\nin z float16[2]\ny = Where(c, x, Softmax(Cast<to=1>(z)))\nout y`,
        /x\.rank is 1/,
      ],
    ],
  },
}

describe.each(Object.entries(cases))('%s', (_, { rule, matches, not }) => {
  test('reads as it is printed', () => {
    const graph = parseRule(rule)
    expect(parseRule(printRule(graph))).toEqual(graph)
  })
  if (matches.length > 0)
    test.each(matches)('matches %j', async (network, after) => {
      await expectRewrite(entry(rule), net(network), after)
    })
  if (not.length > 0)
    test.each(not.map(([network, why]) => [network, why ?? /(?:)/] as const))('not %j', (network, why) => {
      expectNoMatch(entry(rule), net(network), why)
    })
})

describe('what is not known decides nothing', () => {
  test.each([
    'x.shape[0] != 1',
    'not x.shape[0] == 1',
    'x.shape[0] != z.shape[0]',
    'not x.shape == z.shape',
    'all(x.shape != 7)',
  ])('a size with a name, in %s', (where) => {
    const rule = entry(`y = Add(Relu(x), z)\n=>\ny = Add(x, z)\nwhere ${where}`)
    expectNoMatch(rule, net('in x float32[N,3]\nin z float32[M,3]\ny = Add(Relu(x), z)\nout y'))
  })
  test('an operand that is given and no constant has no default', () => {
    const rule = entry('y = Clip(x, a?)\n=>\ny = Relu(x)\nwhere (a.value ?? 0) == 0')
    expectNoMatch(rule, net('in x float32[3]\nin a float32[]\ny = Clip(x, a)\nout y'))
  })
})

describe('a rewrite that cannot be made gives up, and says why', () => {
  test.each([
    ['y = Mul(x, @w)\n=>\n@v = Mul(w, x)\ny = Relu(v)', 'y = Mul(x, w)', /x is no constant whose data are here/],
    ['y = Mul(x, @w)\n=>\n@v = Div(w, 0)\ny = Mul(x, v)', 'y = Mul(x, w)', /Div of these constants is not finite/],
    ['y = Mul(x, @w)\n=>\ny = Mul(x, full([0 - 1], 2))', 'y = Mul(x, w)', /which is no shape to fill/],
    ['y = Mul(x, @w)\n=>\ny = Mul(x, {w.value[7]})', 'y = Mul(x, w)', /w\.value\[7\] is not known/],
    ['y = Mul(x, @w)\n=>\ny = Softmax<axis={[0][1]}>(x)', 'y = Mul(x, w)', /\[0\]\[1\] is not known/],
    ['y = Transpose<perm=$p?>(x)\n=>\ny = Transpose<perm=$p>(x)', 'y = Transpose(x)', /\$p is bound by another/],
    ['y = Max(x, ...@c)\n=>\ny = Max(...c)', 'y = Max(x)', /operand data_0 of Max is not given/],
  ])('%j', (text, layer, why) => {
    const { pattern, ...facts } = entry(text)
    const network = net(`in x float32[3]\nconst w float32[3] = 1 2 3\n${layer}\nout y`)
    new RewritePatternManager().add(facts.label, pattern).rewrite(network)
    expect(pattern.log.map((l) => l.message).join('\n')).toMatch(why)
  })
})

describe('what is wrong is said with its place, and what was meant', () => {
  const right = (text: string): string => `y = Mul(x, @w)\n=>\ny = ${text}`
  const where = (text: string): string => `y = Clip<a=$a>(x, b?)\n=>\ny = x\nwhere ${text}`
  const wrong: readonly (readonly [text: string, place: string, why: RegExp, instead?: string])[] = [
    [right('Sigmoyd(x)'), '3:5', /do you mean Sigmoid\?/, 'Sigmoid'],
    ['y = Relu(x)\n=>\ny = x\nwhere z.shape == [B, S]', '4:7', /the left side binds no z/],
    [right('op.Relu(x)'), '3:5', /operators of ONNX stand without a domain: write Relu/, 'Relu'],
    [right('Relu(z)'), '3:10', /uses z, which the left side does not bind/],
    [right('Relu(_)'), '3:10', /expected a name of the left side, or none/, 'none'],
    [right('Clip(x, None)'), '3:13', /expected none/, 'none'],
    [right('Mul(x, w.value)'), '3:12', /expected \{w\.value\}/, '{w.value}'],
    [right('Mul(x, {w})'), '3:13', /w is no number: write a property of it, as w\.value/],
    [right('Mul(x, {n})'), '3:13', /n is no number: the left side binds no such size/],
    [right('Mul(x, {w.valeu})'), '3:13', /expected w\.value, or another of dtype/, 'w.value'],
    [right('Softmax<axis=last>(x)'), '3:18', /expected a number, a string/, '"last"'],
    [right('Mul(x, {range()})'), '3:13', /expected range\(n\)/],
    [right('Mul(x, {rnage(3)})'), '3:13', /expected range\(…\)/, 'range'],
    [where('1 < x.rank < 4'), '4:20', /expected and between two comparisons: 1 < x\.rank and x\.rank < …/],
    [where('x.rank is not 2'), '4:14', /expected == or !=/, '!='],
    [where('!x.isConstant'), '4:7', /expected not/, 'not '],
    ['y = Mul(x, w)\n=>\ny, s? = Split(x)', '3:5', /expected s: a result that nobody uses is left out by itself/],
    ['y? = Mul(x, w)\n=>\ny = x', '1:2', /a further result with a name may be left out, as in y, s\? = …/],
    ['y, _? = Split(x)\n=>\ny = x', '1:5', /a further result with a name may be left out/],
    ['y, s = (Split(x) | x)\n=>\ny = x', '2:1', /expected a layer with several results/],
    [right('$f(x, w)'), '3:5', /uses \$f, which the left side does not bind/],
    ['y = Reshape(x, [-1])\n=>\ny = x', '1:16', /for a list of numbers name a constant, as @s/],
    ['y = Softmax<axiss=1>(x)\n=>\ny = x', '1:5', /Softmax has no attribute axiss: do you mean axis\?/],
    ['y = Softmax<axis=none>(x)\n=>\ny = x', '1:5', /axis of Softmax is never absent.* write axis=-1/],
    ['y = Relu(x, z)\n=>\ny = x', '1:5', /Relu takes at most 1 operand, not 2/],
    ['y = $f(x)\n=>\ny = x', '1:5', /say which kinds \$f stands for, as in \$f:\(Add \| Mul\)/],
    ['y = Relu(x)\n->\ny = x', '2:1', /expected "=>"/],
    [right('Mul(x, w * 2)'), '3:14', /a \* b is written Mul\(a, b\)/],
    [right('x * w'), '3:7', /a \* b is written Mul\(a, b\)/],
    [right('x -1'), '3:7', /a - b is written Sub\(a, b\)/],
    [right('Transpose<perm=(1,0)>(x)'), '3:20', /a list in brackets, as \[1, 0\]/],
    [right('Cast<to="float16">(x)'), '3:5', /attribute to of Cast is a whole number, not "float16": write to=float16/],
    ['y = Cast<to="half">(x)\n=>\ny = x', '1:5', /write to=float16/],
    ['y = Softmax<axis="last">(x)\n=>\ny = x', '1:5', /attribute axis of Softmax is a whole number/],
    ['Relu(x)\n=>\ny = x', '1:1', /a name for what this gives, as y = Relu\(…\)/, 'y = Relu'],
    ['return Relu(x)\n=>\ny = x', '1:1', /results have names/, 'y ='],
    ['%y = Relu(x)\n=>\ny = x', '1:1', /a name without %/, ''],
    ['// what it is\ny = Relu(x)\n=>\ny = x', '1:1', /#, which begins a comment/],
    ['y = Relu(x)\n=>\ny = x\nif x.rank == 2', '4:1', /where, which begins conditions/, 'where'],
    ['y = Concat(*rest)\n=>\ny = x', '1:12', /\.\.\.rest: further operands are written with three dots/, '...'],
    ['y = Add(x, {0})\n=>\ny = x', '1:12', /a number as it is, without braces/],
    ['y = Transpose(x)<perm=[1,0]>\n=>\ny = x', '1:17', /attributes before the operands, as Transpose<…>\(…\)/],
    ['y = Mul(x, Constant<value=2>())\n=>\ny = x', '1:12', /a number stands where it is used, as in Mul\(x, 2\)/],
    ['y = Relu(x)\nwhere x.rank == 2\n=>\ny = x', '2:1', /"=>" and the right side: conditions stand behind it/],
    [where('x.ndim == 2'), '4:7', /expected x\.rank/, 'x.rank'],
    [where('x.is_constant'), '4:7', /expected x\.isConstant/, 'x.isConstant'],
    [where('rank(x) == 2'), '4:7', /expected x\.rank: properties stand behind a value/],
    [where('x.rank == 2 AND x.size == 1'), '4:19', /expected "and"/, 'and'],
    [where('x == 1'), '4:7', /write a property of it, as x\.value/, 'x.value'],
    ['y = Softmax<axis=$axis>(x)\n=>\ny = x\nwhere axis == 1', '4:7', /an attribute is written \$axis/, '$axis'],
    [where('x.axis == 1'), '4:7', /or \$axis for an attribute that the left side names/],
    [where('x.rank = 2'), '4:14', /expected == to compare/, '=='],
    [where('x.rank == 2 & x.size == 1'), '4:19', /expected "and"/, 'and'],
    [where('x.dtype == floot32'), '4:18', /there is no type floot32: do you mean float32\?/],
    [where('given c'), '4:7', /the left side binds no c/],
    [where('MatMul(x, z).shape == x.shape'), '4:17', /the left side binds no z/],
    [where('Relu(x).value == 1'), '4:15', /expected one of dtype, rank, shape, size behind the dot/],
  ]
  test.each(wrong.map((w) => [w[0], w[1], w] as const))('%j at %s', (text, place, [, , why, instead]) => {
    let error: unknown
    try {
      entry(text)
    } catch (e) {
      error = e
    }
    expect(String(error)).toMatch(why)
    const at = error instanceof RuleError ? error.place : (error as RuleSyntaxError)
    expect(at && `${at.line}:${at.column}`).toBe(place)
    if (instead !== undefined) expect((error as RuleError | RuleSyntaxError).instead).toBe(instead)
  })
})

describe('names of the left that are given anew', () => {
  const LEFT = 'a = Relu(x)\nb = Neg(x)\nc = Abs(x)\ny = Concat<axis=0>(a, b, c)\n=>\n'
  const BEFORE = `${X}\na = Relu(x)\nb = Neg(x)\nc = Abs(x)\ny = Concat<axis=0>(a, b, c)\nz = Exp(a)\nout y, z, b`
  const SWAPPED = 'b = Relu(x)\na = Neg(x)\nc = Abs(x)\ny = Concat<axis=0>(a, b, c)\nz = Exp(a)\nout y, z, b'
  test.each([
    ['are swapped', 'a = b\nb = a\ny = Concat<axis=0>(a, b, c)', SWAPPED],
    ['are swapped by a third', 't = a\na = b\nb = t\ny = Concat<axis=0>(a, b, c)', SWAPPED],
    [
      'go round in a circle',
      'a = b\nb = c\nc = a\ny = Concat<axis=0>(a, b, c)',
      'c = Relu(x)\na = Neg(x)\nb = Abs(x)\ny = Concat<axis=0>(a, b, c)\nz = Exp(a)\nout y, z, b',
    ],
    [
      'are handed on before another takes their place',
      'a = b\nb = Sign(x)\ny = Concat<axis=0>(a, b, c)',
      'a = Neg(x)\nb = Sign(x)\nc = Abs(x)\ny = Concat<axis=0>(a, b, c)\nz = Exp(a)\nout y, z, b',
    ],
    [
      'are read as they were before that line',
      'y = Concat<axis=0>(c, b, a)\na = Sign(x)\nb = Tanh(x)',
      'c = Abs(x)\nn = Neg(x)\nr = Relu(x)\ny = Concat<axis=0>(c, n, r)\nz = Exp(Sign(x))\nb = Tanh(x)\nout y, z, b',
    ],
  ])('%s', (_, right, after) => {
    const network = net(BEFORE)
    const [root] = network.getLayers().filter((l) => l.kind === 'Concat')
    const pattern = new RulePattern(LEFT + right, { schemas: NEWEST })
    expect(attempt({ label: 'rule', pattern, benefit: 1 }, root!).type).toBe('rewritten')
    expect(verifyNetwork(network)).toEqual([])
    prune(network)
    expect(wiringDifference(net(`${X}\n${after}`), network)).toBeNull()
  })
})
