import { MISSING_KERNELS } from './missing-kernels'

/** Whether ONNX Runtime's CPU lacks the operator under this operator set of the default domain. */
export function lacksKernel(kind: string, opset: number): boolean {
  return MISSING_KERNELS[kind]?.some(([first, last]) => opset >= first && opset <= last) ?? false
}
