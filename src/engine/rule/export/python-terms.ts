import type { Condition, Term } from '../graph'
import { printCondition, printTerm } from '../print'
import { pythonLiteral, pythonName, pythonNumber } from './writer'

/** A term, or a condition, that Python has no words for here. */
export class NoPython extends Error {
  override readonly name = 'NoPython'
}

const DTYPES: Readonly<Record<string, string>> = {
  float32: 'FLOAT',
  float64: 'DOUBLE',
  float16: 'FLOAT16',
  bfloat16: 'BFLOAT16',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  bool: 'BOOL',
  string: 'STRING',
}

export const irType = (dtype: string): string => `ir.DataType.${DTYPES[dtype] ?? dtype.toUpperCase()}`

const FUNCTIONS: Readonly<Record<string, string>> = {
  min: 'min',
  max: 'max',
  sum: 'sum',
  prod: 'math.prod',
  len: 'len',
  sqrt: 'math.sqrt',
  abs: 'abs',
  floor: 'math.floor',
  ceil: 'math.ceil',
  exp: 'math.exp',
  log: 'math.log',
}

/** A condition on onnx-ir values. @throws NoPython */
export function pythonCondition(c: Condition): string {
  switch (c.type) {
    case 'and':
    case 'or':
      return `(${c.of.map(pythonCondition).join(` ${c.type} `)})`
    case 'not':
      return `not (${pythonCondition(c.of)})`
    case 'given':
      return `${pythonName(c.name)} is not None`
    case 'holds':
      return pythonTerm(c.term)
    case 'compare':
      return `${pythonTerm(c.left)} ${c.op} ${pythonTerm(c.right)}`
  }
}

/** @throws NoPython */
export function pythonTerm(t: Term): string {
  switch (t.type) {
    case 'literal':
      return typeof t.value === 'string'
        ? t.value in DTYPES
          ? irType(t.value)
          : pythonLiteral(t.value)
        : typeof t.value === 'boolean'
          ? t.value
            ? 'True'
            : 'False'
          : pythonNumber(t.value)
    case 'list':
      return `[${t.of.map(pythonTerm).join(', ')}]`
    case 'attribute':
      return `${pythonName(t.name)}.value`
    case 'property':
      return property(t)
    case 'arithmetic':
      if (t.op === '++') return `(${pythonTerm(t.left)} + ${pythonTerm(t.right)})`
      if ([t.left, t.right].some(isList)) throw new NoPython(printTerm(t))
      return `(${pythonTerm(t.left)} ${t.op} ${pythonTerm(t.right)})`
    case 'pick':
      if (isList(t.at)) return `[${pythonTerm(t.of)}[i] for i in ${pythonTerm(t.at)}]`
      return `${pythonTerm(t.of)}[${pythonTerm(t.at)}]`
    case 'slice':
      return `${pythonTerm(t.of)}[${t.from ? pythonTerm(t.from) : ''}:${t.to ? pythonTerm(t.to) : ''}]`
    case 'function':
      if (t.name === 'range') return `list(range(${t.of.map(pythonTerm).join(', ')}))`
      if (t.name === 'reversed') return `list(reversed(${t.of.map(pythonTerm).join(', ')}))`
      if (!(t.name in FUNCTIONS)) throw new NoPython(printTerm(t))
      return `${FUNCTIONS[t.name]}(${t.of.map(pythonTerm).join(', ')})`
    case 'every': {
      const c = t.condition
      if (c.type === 'holds' && c.term.type === 'function' && c.term.name === 'powerOfTwo')
        return `${t.of}(math.frexp(e)[0] == 0.5 for e in ${eachOf(c.term.of[0]!)})`
      if (c.type !== 'compare' || isList(c.right) || c.right.type === 'attribute') throw new NoPython(printTerm(t))
      return `${t.of}(e ${c.op} ${pythonTerm(c.right)} for e in ${eachOf(c.left)})`
    }
    case 'choose':
    case 'default':
    case 'inferred':
    case 'opset':
      throw new NoPython(printTerm(t))
  }
}

/** The elements of a term: a constant of one element reads as that element. @throws NoPython for what is reckoned of several */
function eachOf(t: Term): string {
  const isReckoned = t.type === 'function' || (t.type === 'arithmetic' && t.op !== '++')
  if (isReckoned && !isList(t)) throw new NoPython(printTerm(t))
  return t.type === 'property' && t.name === 'value' ? `_each(${pythonTerm(t)})` : pythonTerm(t)
}

/** Whether a term is a list for sure; attributes may be. */
function isList(t: Term): boolean {
  if (t.type === 'list' || t.type === 'slice') return true
  if (t.type === 'property') return t.name === 'shape' && t.index === undefined
  return t.type === 'attribute' || (t.type === 'function' && ['range', 'reversed'].includes(t.name))
}

function property(t: Extract<Term, { type: 'property' }>): string {
  const x = pythonName(t.of)
  const index = t.index === undefined ? '' : `[${t.index}]`
  switch (t.name) {
    case 'dtype':
      return `${x}.dtype`
    case 'rank':
      return `len(${x}.shape)`
    case 'shape':
      return index === '' ? `list(${x}.shape)` : `${x}.shape${index}`
    case 'size':
      return `math.prod(${x}.shape)`
    case 'value':
      return index === '' ? `_value(${x})` : `${x}.const_value.numpy().flatten()${index}`
    case 'isConstant':
      return `(${x}.const_value is not None)`
    case 'isInput':
      return `${x}.is_graph_input()`
    case 'isOutput':
      return `${x}.is_graph_output()`
    case 'uses':
      return `len(${x}.uses())`
    case 'kind':
      return `${x}.producer().op_type`
    default:
      throw new NoPython(printTerm(t))
  }
}

export const conditionText = printCondition
