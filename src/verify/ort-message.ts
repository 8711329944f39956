/** What ONNX Runtime says, in plainer words where there are some. */

const UNKNOWN_OPERATOR =
  /(?:Load model from \S+ failed:\s*)?(?:Fatal error: )?([\w.]*):(\w+)\(-?\d+\) is not a registered function\/op/
const NO_OPERATOR = /ONNX Runtime has no operator (\S+)/

export function plainMessage(message: string): string {
  const [, domain, kind] = UNKNOWN_OPERATOR.exec(message) ?? []
  return kind ? `ONNX Runtime has no operator ${domain ? `${domain}.` : ''}${kind}` : message
}

/** Domains whose operators ONNX Runtime would know if there were such. */
const ITS_OWN = /^(ai\.onnx|com\.microsoft|com\.ms)\b/

/** The operator of somebody's own that ONNX Runtime does not know; null where it is not that which is missing. */
export function ownOperatorIn(message: string): string | null {
  const kind = NO_OPERATOR.exec(message)?.[1]
  return kind?.includes('.') && !ITS_OWN.test(kind) ? kind : null
}
