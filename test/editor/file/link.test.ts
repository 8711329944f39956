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
      acts,
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

  test('of a line that is too long names the patterns alone', () => {
    const many = Array.from({ length: MOST_ACTS + 1 }, (_, root) => ({ label: 'Gelu (erf)', root }))
    expect(parseLink(linkQuery('m', 'ort', many, 4))).toMatchObject({ patterns: ['Gelu (erf)'], acts: null, step: 4 })
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
