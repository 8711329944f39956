import type { Dialect, KindSchema } from '../../engine'
import { boundaries } from './boundaries'
import { FACTS, factsFault } from './facts'
import { schemaOf } from './kinds/notation'
import { LAYERS } from './kinds/table'
import { pluginOf } from './plugins'
import { viewOf } from './views'

const SCHEMAS = new Map<string, KindSchema>(Object.entries(LAYERS).map(([name, of]) => [name, schemaOf(name, of)]))

/** TensorRT's layers at the level of INetworkDefinition. */
export const tensorrtDialect: Dialect = {
  name: 'tensorrt',
  schema: (name) => SCHEMAS.get(name),
  kinds: [...SCHEMAS.keys()],
  uniqueTensorNames: true,
  propertyFault: (name, value) => (name === FACTS ? factsFault(value) : null),
  boundaries,
  describe: pluginOf,
  view: viewOf,
}
