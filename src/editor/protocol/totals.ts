/** What a network holds, in numbers. */
import type { Category } from '../../engine'

export interface Totals {
  readonly layers: number
  readonly byCategory: ReadonlyMap<Category, number>
}
