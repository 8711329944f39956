import { describe, expect, test } from 'vitest'
import { asksForMore, linkQuery, MOST_ACTS, parseLink } from '../../../src/editor/file/link'

const acts = [
  { label: 'Gelu (erf)', root: 113 },
  { label: 'Gelu (erf)', root: 240 },
  { label: 'Prune', root: null },
]

describe('a link', () => {
  test('says where it leads, and is read back', () => {
    const query = linkQuery('bert-12.torchscript', 'onnx', acts, 2)
    expect(query).toBe(
      'model=bert-12.torchscript&target=onnx&patterns=Gelu+%28erf%29&patterns=Prune&at=0.113,0.240,1&step=2',
    )
    expect(parseLink(query)).toEqual({
      model: 'bert-12.torchscript',
      target: 'onnx',
      patterns: ['Gelu (erf)', 'Prune'],
      own: [],
      acts,
      library: false,
      step: 2,
      problems: [],
    })
  })

  test('may be written by hand', () => {
    expect(parseLink('?model=m&target=ort&patterns=Gelu+(erf)&step=5')).toMatchObject({
      patterns: ['Gelu (erf)'],
      acts: null,
      step: 5,
      problems: [],
    })
  })

  test('to a run of the library names no step but the one where it stands', () => {
    const query = linkQuery('llama-80.torchscript', 'ort', 'library', 1204)
    expect(query).toBe('model=llama-80.torchscript&target=ort&library=1&step=1204')
    expect(parseLink(query)).toMatchObject({ patterns: [], acts: null, library: true, step: 1204 })
  })

  test('of as many steps as one may have stays an address that nothing cuts off', () => {
    const many = Array.from({ length: MOST_ACTS }, (_, i) => ({ label: 'Gelu (erf)', root: 5000 + i }))
    expect(linkQuery('m', 'ort', many, 4).length).toBeLessThan(2000)
  })

  test.each([
    ['target=tpu', /no target tpu/],
    ['step=-1', /“-1” is not/],
    ['step=two', /“two” is not/],
    ['patterns=A&at=7.1', /list of steps is damaged/],
    ['patterns=A&at=x', /list of steps is damaged/],
  ])('that says %s tells what is wrong, and the rest counts', (query, problem) => {
    const link = parseLink(`model=m&${query}`)
    expect(link.model).toBe('m')
    expect(link.problems.join()).toMatch(problem)
  })

  test('that names a model alone asks for nothing more', () => {
    expect(['model=m', 'model=m&target=ort', 'step=0', 'at=', ''].map((q) => asksForMore(parseLink(q)))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
  })
})
