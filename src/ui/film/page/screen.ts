/** The elements of a film's page, and what a person does to them. */
import type { Caption } from '../../../editor'

export interface PageScreen {
  readonly canvas: HTMLCanvasElement
  onToggle(told: () => void): void
  onScrub(told: (ms: number) => void): void
  onStep(told: (by: 1 | -1) => void): void
  playing(is: boolean): void
  at(ms: number): void
  caption(caption: Caption): void
}

function add<K extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  tag: K,
  set: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), set)
  parent.append(element)
  return element
}

/** Outlines in a square of 16. */
const PLAY = 'M4 2l10 6-10 6z'
const PAUSE = 'M3 2h4v12H3zM9 2h4v12H9z'
const BACK = 'M13 2L6 8l7 6zM3 2h2v12H3z'
const NEXT = 'M3 2l7 6-7 6zM11 2h2v12h-2z'

function show(button: HTMLButtonElement, name: string, outline: string): void {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', outline)
  svg.append(path)
  button.replaceChildren(svg)
  button.title = name
  button.setAttribute('aria-label', name)
}

/** @param length of the film in milliseconds */
export function buildScreen(title: string, length: number): PageScreen {
  const main = add(document.body, 'main')
  const heading = add(main, 'h1', { textContent: title })
  const canvas = add(main, 'canvas')
  canvas.setAttribute('role', 'img')
  const text = add(main, 'section', { className: 'caption' })
  text.setAttribute('aria-live', 'polite')
  const first = add(text, 'p', { className: 'first' })
  const label = add(first, 'strong')
  const scope = add(first, 'span')
  const count = add(first, 'span', { className: 'count' })
  const equation = add(text, 'code')
  const bar = add(main, 'div', { className: 'bar' })
  const button = (name: string, icon: string) => {
    const made = add(bar, 'button', { type: 'button' })
    show(made, name, icon)
    return made
  }
  const back = button('Previous step', BACK)
  const toggle = button('Play', PLAY)
  const next = button('Next step', NEXT)
  const scrub = add(bar, 'input', { type: 'range', min: '0', max: String(Math.round(length - 1)), value: '0' })
  scrub.setAttribute('aria-label', 'Moment of the film')
  let steps: (by: 1 | -1) => void = () => undefined
  let toggled: () => void = () => undefined
  document.addEventListener('keydown', (event) => {
    if (event.target instanceof HTMLButtonElement && event.key === ' ') return
    if (event.key === ' ') toggled()
    else if (event.target === scrub) return
    else if (event.key === 'ArrowRight') steps(1)
    else if (event.key === 'ArrowLeft') steps(-1)
    else return
    event.preventDefault()
  })
  toggle.onclick = () => toggled()
  back.onclick = () => steps(-1)
  next.onclick = () => steps(1)
  return {
    canvas,
    onToggle: (told) => (toggled = told),
    onScrub: (told) => (scrub.oninput = () => told(Number(scrub.value))),
    onStep: (told) => (steps = told),
    playing: (is) => (is ? show(toggle, 'Pause', PAUSE) : show(toggle, 'Play', PLAY)),
    at: (ms) => (scrub.value = String(Math.round(ms))),
    caption: (c) => {
      label.textContent = c.label
      scope.textContent = c.scope
      count.textContent = `step ${c.step} of ${c.of}`
      equation.textContent = c.equation
      canvas.setAttribute('aria-label', `${heading.textContent}, ${count.textContent}: ${c.label}`)
      scrub.setAttribute('aria-valuetext', `${count.textContent}: ${c.label}`)
    },
  }
}
