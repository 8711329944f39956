import { LAYERS } from './kinds/table'

export type LayerType = keyof typeof LAYERS
/** TensorRT's layer types, by the names of `trt.LayerType`. */
export const LayerType = Object.fromEntries(Object.keys(LAYERS).map((name) => [name, name])) as {
  readonly [K in LayerType]: K
}
