/** The whole picture as SVG, with the colours of the screen. */
import type { Direction, Rect, Scene, SceneEdge, SceneNode, SceneStub } from '../../layout'
import { FRAME_HEADING, nodeGeometry, partsOfStrip, SMALL_SIZE, TITLE_SIZE } from './node-geometry'
import { estimatedWidth, LABEL_SIZE, STUB_LENGTH, valueLabels } from './value-labels'

/** A token of the style sheet by its name, as `c-matmul`. */
export type Token = (name: string) => string

const MARGIN = 24

/** @param typeOf of the value of a line: its element type and shape */
export function sceneToSvg(scene: Scene, token: Token, typeOf: (edge: SceneEdge) => string): string {
  const [w, h] = [scene.width + 2 * MARGIN, scene.height + 2 * MARGIN].map(Math.ceil)
  const frames = scene.nodes.filter((n) => n.open).sort((a, b) => a.depth - b.depth)
  const boxes = scene.nodes.filter((n) => !n.open)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="${-MARGIN} ${-MARGIN} ${w} ${h}">`,
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">`,
    `<path d="M0 0L8 4L0 8z" fill="${token('edge')}"/></marker></defs>`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${w}" height="${h}" fill="${token('bg')}"/>`,
    `<g font-family="${escaped(token('font'))}">`,
    ...frames.map((n) => frame(n, token)),
    ...scene.edges.map((e) => line(e, token)),
    ...scene.stubs.map((s) => stubLine(s, scene.direction, token)),
    ...boxes.map((n) => box(n, token)),
    ...valueLabels({ ...scene, typeOf, measure: estimatedWidth }).map(({ x, baseline, text: what }) =>
      text(x, baseline, LABEL_SIZE, token('faint'), what, ''),
    ),
    '</g></svg>',
  ].join('\n')
}

function frame(n: SceneNode, token: Token): string {
  const { x, baseline, size, radius } = FRAME_HEADING
  return (
    rect(n, radius, token('frame-line'), 'none') +
    text(n.x + x, n.y + baseline, size, token('dim'), n.face.title, ' font-weight="600"')
  )
}

function line({ points }: SceneEdge, token: Token): string {
  const path = points.map((v, i) => `${i === 0 ? 'M' : i % 2 === 0 ? 'L' : ' '}${round(v)}`).join('')
  return `<path d="${path}" fill="none" stroke="${token('edge')}" stroke-width="1.25" marker-end="url(#head)"/>`
}

function stubLine({ x, y, side }: SceneStub, direction: Direction, token: Token): string {
  const far = side === 'out' ? STUB_LENGTH : -STUB_LENGTH
  const [x1, y1] = direction === 'down' ? [x, y + far] : [x + far, y]
  const line = `<path d="M${round(x)} ${round(y)}L${round(x1)} ${round(y1)}" stroke="${token('edge')}" stroke-width="1.25"/>`
  return `${line}<circle cx="${round(x1)}" cy="${round(y1)}" r="2.5" fill="${token('edge')}"/>`
}

function box(n: SceneNode, token: Token): string {
  const { title, detail, result, category } = n.face
  const { radius, inset, end, titleBaseline, detailBaseline, detailBeside, strip, bar } = nodeGeometry(n.face, n.height)
  const beside = detailBeside ? detail : result
  const baseline = n.y + titleBaseline
  return [
    rect(n, radius, token('line-strong'), token('surface')),
    bar &&
      `<rect x="${n.x + bar.x}" y="${n.y + bar.y}" width="${bar.width}" height="${bar.height}" rx="1.5" fill="${token(`c-${category}`)}"/>`,
    text(n.x + inset, baseline, TITLE_SIZE, token('text'), title, ' font-weight="600"'),
    text(n.x + n.width - end, baseline, SMALL_SIZE, token('faint'), beside, ' text-anchor="end"'),
    text(n.x + inset, n.y + detailBaseline, SMALL_SIZE, token('dim'), detailBeside ? '' : detail, ''),
    ...(strip ? partsOfStrip(n.face, strip.width).map((part) => stripPart(n, strip, part, token)) : []),
  ].join('')
}

function stripPart(n: SceneNode, strip: Rect, part: ReturnType<typeof partsOfStrip>[number], token: Token): string {
  const [x, y] = [round(n.x + strip.x + part.x), n.y + strip.y]
  return `<rect x="${x}" y="${y}" width="${round(part.width)}" height="${strip.height}" fill="${token(`c-${part.category}`)}"/>`
}

function rect(n: SceneNode, radius: number, stroke: string, fill: string): string {
  return `<rect x="${n.x}" y="${n.y}" width="${n.width}" height="${n.height}" rx="${radius}" fill="${fill}" stroke="${stroke}"/>`
}

function text(x: number, y: number, size: number, fill: string, what: string, more: string): string {
  if (what === '') return ''
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"${more}>${escaped(what)}</text>`
}

const round = (v: number): number => Math.round(v * 10) / 10

function escaped(what: string): string {
  return what.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
}
