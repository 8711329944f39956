/**
 * Operators that ONNX Runtime's CPU kernels do not have, by the operator sets (first to last) under which they are missing, in
 * Node or in the browser. Made by scripts/kernel-table.mjs, which asks the installed runtimes.
 */
export const MISSING_KERNELS: Readonly<Record<string, readonly (readonly [first: number, last: number])[]>> = {
  Bernoulli: [[22, 24]],
  GlobalLpPool: [[22, 24]],
  ImageDecoder: [[20, 24]],
  MaxRoiPool: [[22, 24]],
  Multinomial: [[22, 24]],
  RandomNormal: [[22, 24]],
  RandomNormalLike: [[22, 24]],
  RandomUniform: [[22, 24]],
  RandomUniformLike: [[22, 24]],
  RoiAlign: [[22, 24]],
}
