import { int, layer, text } from './notation'

const plugin = {
  plugin_type: text(),
  plugin_version: text('1'),
  plugin_namespace: text(''),
  num_outputs: int(1),
}

/** A plugin's fields are further attributes of its layer, under their own names. */
export const pluginKinds = {
  PLUGIN: layer('other', 'inputs*', 'outputs*', plugin),
  PLUGIN_V2: layer('other', 'inputs*', 'outputs*', plugin),
  PLUGIN_V3: layer('other', 'inputs*', 'outputs*', plugin),
}
