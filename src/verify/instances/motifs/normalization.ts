import { ints } from './motif'
import type { Motif } from './motif'

const embedding: Motif = (d) => {
  const [b, s, h] = [d.int(1, 3), d.int(2, 5), d.int(2, 6)]
  const [words, rows] = [d.int(3, 9), s + d.int(0, 2)]
  const word = `Gather(word, ${d.pick(['ids', 'short'])})`
  const position = d.pick(['p', 'q', 'Gather(table, places)', 'Gather(table, one)'])
  const places = Array.from({ length: s }, (_, i) => i).join(' ')
  const two = d.either('Add', word, position)
  const three = d.pick([
    d.either('Add', d.either('Add', word, 'Gather(type, types)'), position),
    d.either('Add', word, d.either('Add', 'Gather(type, types)', position)),
  ])
  const sum = d.chance(0.4) ? two : three
  const norm = d.pick([`LayerNormalization<axis=-1, epsilon=0.001>(${sum}, g, t)`, `LayerNormalization(${sum}, g)`])
  return `in ids int64[${b},${s}]\nin short int32[${b},${s}]\nin types int64[${b},${s}]\nconst word float32[${words},${h}]\nconst type float32[2,${h}]\nconst table float32[${rows},${h}]\nconst p float32[1,${s},${h}]\nconst q float32[${s},${h}]\nconst places int64[1,${s}] = ${places}\nconst one int64[${s}] = ${places}\nconst g float32[${h}]\nconst t float32[${h}]\ny = ${norm}\nout y`
}

const groups: Motif = (d) => {
  const [n, g, c, w] = [d.int(1, 2), d.int(1, 3), d.int(1, 2), d.int(2, 3)]
  const all = g * c
  const shape = d.pick([`${all},1,1`, `1,${all},1,1`, ''])
  const back = d.pick(['back', 'Shape(x)'])
  const norm = `InstanceNormalization<epsilon=${d.pick([0.001, 0.00001])}>(Reshape(x, apart), one, zero)`
  const product = d.either('Mul', `Reshape(${norm}, ${back})`, 's')
  return `in x float32[${n},${all},${w},${w}]\n${ints(
    'apart',
    d.pick([
      [0, g, -1],
      [n, g, -1],
    ]),
  )}\n${ints('back', [n, all, w, w])}\nconst one float32[${g}] = 1\nconst zero float32[${g}] = 0\nconst s float32[${shape}]\nconst b float32[${shape}]\ny = ${d.chance(0.8) ? d.either('Add', product, 'b') : `Relu(Reshape(${norm}, ${back}))`}\nout y`
}

export const NORMALIZATION: Readonly<Record<string, readonly Motif[]>> = {
  EmbedLayerNorm: [embedding],
  GroupNorm: [groups],
}
