import { expect, test } from 'vitest'
import { sceneToSvg } from '../../../src/editor/view/svg'
import type { SceneNode } from '../../../src/layout'

const face = { title: 'Cast<"1">', detail: '→ f32', result: '1×16', category: 'other', width: 120, height: 44 } as const
const node = (key: string, y: number): SceneNode => ({
  key,
  kind: 'layer',
  layer: 1,
  group: '',
  face,
  depth: 0,
  open: false,
  x: 0,
  y,
  width: 120,
  height: 44,
})

test('every node, edge, name and type is in the picture, and text cannot break out of it', () => {
  const edge = { key: '1|a|b|0', tensor: 1, from: 'a', to: 'b', points: [60, 44, 60, 100] }
  const stub = { key: 'b', tensor: 2, node: 'b', side: 'out', x: 60, y: 144, name: 'm/<mask>', count: 9 } as const
  const scene = { nodes: [node('a', 0), node('b', 100)], edges: [edge], stubs: [stub], width: 120, height: 144 }
  const whole = { ...scene, anchors: new Int32Array(), direction: 'down' } as const
  const svg = sceneToSvg(
    whole,
    (name) => `var-${name}`,
    () => 'f32[1,16]',
  )
  expect(svg).toContain('>f32[1,16]</text>')
  expect(svg).toContain('>&#60;mask&#62; → 9 uses</text>')
  expect(svg.match(/<text[^>]*font-weight/g)).toHaveLength(2)
  expect(svg).toContain('d="M60 44L60 100"')
  expect(svg).toContain('Cast&#60;&#34;1&#34;&#62;')
  expect(svg).toContain('viewBox="-24 -24 168 192"')
})

test('a closed group shows what it is made of, each part as wide as its share of the layers', () => {
  const mix = [
    { category: 'matmul', layers: 1 },
    { category: 'elementwise', layers: 3 },
  ] as const
  const group = { ...node('g', 0), face: { ...face, category: 'group', detail: '4 layers', result: '', mix } } as const
  const scene = { nodes: [group], edges: [], stubs: [], width: 120, height: 44, anchors: new Int32Array() }
  const svg = sceneToSvg(
    { ...scene, direction: 'down' },
    (name) => `var-${name}`,
    () => '',
  )
  // The strip begins at 26 and ends 10 before the right edge.
  expect(svg).toContain('<rect x="26" y="28" width="21" height="7" fill="var-c-matmul"/>')
  expect(svg).toContain('<rect x="47" y="28" width="63" height="7" fill="var-c-elementwise"/>')
  expect(svg).toContain('text-anchor="end">4 layers<')
})
