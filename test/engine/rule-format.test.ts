import { expect, test } from 'vitest'
import { formatRules, parseRules } from '../../src/engine'

const PLAIN = `# why
rule "A"  exact
a,b=Split<axis = 0>( x ,s )   # parts
& t = Relu(a)
y = Add( t, (b|x) )
=>
y=Add(t,b)
where x.dtype==float32,x.rank>=1 and
x.rank!=3
example matches "this, one" {
in x float32[2]
      y = Relu(x)
out y
}
`
const FORMATTED = `# why
rule "A" exact
a, b = Split<axis = 0>(x, s)  # parts
&t = Relu(a)
y = Add(t, (b | x))
=>
y = Add(t, b)
where x.dtype == float32, x.rank >= 1 and
      x.rank != 3
example matches "this, one" {
  in x float32[2]
  y = Relu(x)
  out y
}
`

test('even spaces and indents; comments, lines and meaning stay', () => {
  expect(formatRules(PLAIN)).toBe(FORMATTED)
  expect(formatRules(FORMATTED)).toBe(FORMATTED)
  const read = (text: string) =>
    parseRules(text).map(({ examples, ...rule }) => [rule, examples?.map((e) => e.network)])
  expect(read(FORMATTED)).toEqual(read(PLAIN))
})
test('numbers, lists and computed values are not pulled apart', () => {
  const text =
    'y = Mul(x, {w.value[-1] - 2}: int64)\n=>\n@v = Mul(w, [-1, 2])\ny = Mul(x, v, ...r)\nwhere (a.value ?? 0) == -1e-3\n'
  expect(formatRules(text)).toBe(text)
})
