/** What the language itself has: all that a pattern needs. */
const KEPT = new Set<PropertyKey>([
  ...[
    'Object',
    'Function',
    'Array',
    'Number',
    'Boolean',
    'String',
    'Symbol',
    'BigInt',
    'Date',
    'RegExp',
    'Math',
    'JSON',
  ],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Promise', 'Proxy', 'Reflect', 'Iterator'],
  ...['ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array'],
  ...['Int32Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array', 'Float16Array', 'Float32Array', 'Float64Array'],
  ...['Infinity', 'NaN', 'undefined', 'globalThis', 'Intl', 'eval', 'isFinite', 'isNaN', 'parseFloat', 'parseInt'],
  ...['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'unescape'],
  ...['TextDecoder', 'TextEncoder'],
])

/**
 * Takes away all that a worker's global scope has besides the language: network, storage, messages, other workers, timers. The page
 * that starts the worker forbids the same by its policy and by having no origin; this is the second lock on the door.
 */
export function confine(scope: object): void {
  for (let o: object | null = scope; o && o !== Object.prototype; o = Object.getPrototypeOf(o) as object | null)
    for (const key of Reflect.ownKeys(o)) if (!KEPT.has(key)) takeAway(o, key)
}

function takeAway(from: object, key: PropertyKey): void {
  if (Reflect.deleteProperty(from, key)) return
  Reflect.defineProperty(from, key, { value: undefined, writable: false, configurable: false })
}
