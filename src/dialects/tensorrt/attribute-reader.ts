import { isConstantValue } from '../../engine'
import type { ConstantValue } from '../../engine'

/** Attributes of a layer by name and type; a default, or null, for one that is not given or of another type. */
export abstract class AttributeReader {
  /** As it is given, or as the schema has it. */
  protected abstract value(name: string): unknown

  /** Booleans count as 0 and 1. */
  number(name: string): number | null {
    const v = this.value(name)
    return typeof v === 'number' ? v : typeof v === 'boolean' ? Number(v) : null
  }
  flag(name: string): boolean {
    const v = this.value(name)
    return v === true || v === 1
  }
  text(name: string, usual = ''): string {
    const v = this.value(name)
    return typeof v === 'string' ? v : usual
  }
  ints(name: string): readonly number[] | null {
    const v = this.value(name)
    return Array.isArray(v) && v.every((x) => typeof x === 'number') ? v : null
  }
  tensor(name: string): ConstantValue | null {
    const v = this.value(name)
    return isConstantValue(v) ? v : null
  }
}
