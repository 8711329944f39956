import { OnnxImportError } from './error'

interface Format {
  readonly name: string
  readonly test: (head: string) => boolean
  readonly remedy: string
}

const EXPORT_FIRST = 'Export it to ONNX first, for example with torch.onnx.export.'

/** What people drop here by mistake, by the first bytes. */
const OTHERS: readonly Format[] = [
  {
    name: 'a ZIP archive (which a PyTorch .pt file is too)',
    test: (h) => h.startsWith('PK\u0003\u0004') || h.startsWith('PK\u0005\u0006'),
    remedy: 'Unpack it and open the .onnx file inside; a PyTorch checkpoint has to be exported to ONNX first.',
  },
  {
    name: 'a gzip archive',
    test: (h) => h.startsWith('\u001f\u008b'),
    remedy: 'Unpack it and open the .onnx file inside.',
  },
  {
    name: 'a Git LFS pointer, not the model itself',
    test: (h) => h.startsWith('version https://git-lfs'),
    remedy: 'Run "git lfs pull" in the repository it came from.',
  },
  {
    name: 'a web page',
    test: (h) => /^\s*<(!doctype|html|head|\?xml|!--)/i.test(h),
    remedy: 'The download gave an HTML or XML page in place of the model: use the link to the raw file.',
  },
  {
    name: 'JSON text',
    test: (h) =>
      /^(?:\ufeff|\u00ef\u00bb\u00bf)?\s*(?:[{[]\s*["{[\d\]}]|(?:null|true|false|-?\d[\d.eE+-]*|"[^"]*")\s*$)/.test(h),
    remedy: 'Open the binary .onnx file in its place; a .graft-trt file begins with { "format": "graft-trt".',
  },
  { name: 'a TensorFlow Lite model', test: (h) => h.slice(4, 8) === 'TFL3', remedy: 'Convert it to ONNX first.' },
  {
    name: 'an ORT-format model',
    test: (h) => h.slice(4, 8) === 'ORTM',
    remedy: 'Open the .onnx file that it was made from.',
  },
  { name: 'an HDF5 file', test: (h) => h.startsWith('\u0089HDF'), remedy: EXPORT_FIRST },
  { name: 'a Python pickle', test: (h) => /^\u0080[\u0002-\u0005]/.test(h), remedy: EXPORT_FIRST },
  { name: 'a GGUF file', test: (h) => h.startsWith('GGUF'), remedy: EXPORT_FIRST },
  {
    name: 'a safetensors file',
    test: (h) => h.slice(8, 10) === '{"',
    remedy: 'It holds weights only. ' + EXPORT_FIRST,
  },
]

/** @throws OnnxImportError for an empty file or one that is plainly something else. */
export function refuseOtherFormats(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new OnnxImportError('The file is empty', '', 'Choose the .onnx file again.')
  const head = Array.from(bytes.subarray(0, 64), (b) => String.fromCharCode(b)).join('')
  const other = OTHERS.find((f) => f.test(head))
  if (other) throw new OnnxImportError(`This is not an ONNX model but ${other.name}`, '', other.remedy)
}
