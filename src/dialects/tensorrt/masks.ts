/** TensorRT's axes as bits of a number: bit i stands for dimension i. */

/** The axes of a mask, ascending. */
export function axesOfMask(mask: number): number[] {
  const axes: number[] = []
  for (let i = 0; i < 31; i++) if (mask & (1 << i)) axes.push(i)
  return axes
}

/** The mask of axes, each counted from the front. */
export function maskOfAxes(axes: readonly number[]): number {
  return axes.reduce((mask, axis) => mask | (1 << axis), 0)
}
