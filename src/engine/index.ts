/** The engine's only door. Reading order: README.md. */
export { BITS, byteSize, ConstantValue, isConstantValue } from './store/constant'
export type { ExternalLocation } from './store/constant'
export { ByteRange, ByteSource } from './store/bytes'
export { CATEGORIES, commutes, domainOf, genericDialect, mayLeaveOut, operatorOf } from './network/dialect'
export type {
  AttributeSchema,
  AttributeType,
  Category,
  Dialect,
  LayerDescription,
  LayerView,
  ViewedKind,
  InferenceContext,
  KindSchema,
  OperandSchema,
  ValueType,
} from './network/dialect'
export type { FLayerInfosOfNetwork } from './network/flayer-info'
export { defaultNet, FLayerInfoMemo, FLayerScope, netGuard, recordSignature } from './network/guard'
export { Layer, Network, Tensor } from './network/network'
export type { FLayerInfo, NetworkOptions, RawArg, RawInputs, Use } from './network/network'
export type { NewLayer, ResultType } from './network/new-layer'
export { ABSENT } from './store/records'
export type * from './store/records'
export type { Counters, Handles, Store } from './store/store'
export { compatibleShapes, isStatic, mergeShapes, sameShape } from './store/shape'
export { buildingNetwork, networkFromSnapshot, snapshotOf } from './network/snapshot'
export { faultsOf, newProblems, operandFault, problemText, verifyNetwork } from './network/verify'
export type { Boundaries, BoundaryGraph, Enclosures, Problem } from './network/boundaries'

export { applyEdit, applyTransaction, undoTransaction } from './edit/apply'
export { sameRecord } from './edit/same'
export { WrongBaseError } from './edit/wrong-base'
export { decodeTransaction } from './edit/decode-edit'
export * as decode from './edit/decode'
export { invertEdit, layerTouched } from './edit/edit'
export type { Edit, LayerEdit, TensorType } from './edit/edit'
export { History, WrongHistoryError } from './history/history'
export type { Dropped, HistoryId, HistoryNode, HistoryStep } from './history/history-node'
export { checkTree, decodePoint, decodeTree } from './history/decode-tree'
export { growTree, plainPoint, plainTree } from './history/history-plain'
export type { PlainPoint, PlainTree } from './history/history-plain'
export { fromPlain, toPlain } from './edit/plain'
export type { PlainOptions } from './edit/plain'
export { isUnused, markDangling, prune, pruneAfter, pruneConstants } from './network/prune'
export { fingerprint, fingerprintOf, readTrace, replayTrace, TraceError, traceOf } from './history/trace'
export type { Trace } from './history/trace'
export { invertTransaction } from './edit/transaction'
export type { Annotations, MatchBindings, Transaction } from './edit/transaction'
export { LockedError } from './edit/transactor'

export type { Comparison, FieldChange, LayerChange, OutputChange, ValuePairs } from './compare/comparison'
export { compareNetworks } from './compare/match'
export { derivations } from './compare/derivation'
export type { Derivation } from './compare/derivation'
export { netEffect } from './compare/net-effect'

export { Match, MatchFailure } from './pattern/match'
export type { FailureAbout, MatchResult } from './pattern/match'
export { LONGEST_NAME, PatternAnalyzer, PatternRewriter } from './pattern/pattern'
export type { LogEntry, PatternOptions, RewriterOptions, Subgraph } from './pattern/pattern'

export { attempt, matchAt, PatternError, rewriteMatch } from './driver/attempt'
export type { Attempt, PatternEntry } from './driver/attempt'
export { drive, RewriteLimitError } from './driver/driver'
export type { DriverEvent, DriverOptions, RewriteSummary } from './driver/driver'
export { findMatches, look } from './driver/find'
export type { Finding } from './driver/find'
export { AnalysisPatternManager, RewritePatternManager } from './driver/managers'
export type { Analysis, RewriteOptions } from './driver/managers'

export { Builder } from './rule/build'
export { DTYPE_CODES } from './rule/dtype-codes'
export { needsDeclaring } from './rule/check-operators'
export { Schemas } from './network/schemas'
export { NotKnownError } from './rule/not-known'
export { compileRule } from './rule/compile'
export { RuleError } from './rule/rule-error'
export type { CompiledRule } from './rule/compile'
export { callsIn, definedNames, namesIn, partsOfTerm, termsOfCondition } from './rule/graph'
export type * from './rule/graph'
export { RuleSyntaxError } from './rule/lexer'
export type { RuleChecks } from './rule/matcher'
export { RESERVED_WORDS } from './rule/reserved-words'
export { codeOf } from './rule/dtype-codes'
export { usualType } from './rule/other-notations'
export { withUsualAttributes } from './rule/open-attributes'
export { ruleOfLayers, SelectionError } from './rule/from-layers'
export type { Kept, RuleOfSelection, SelectionPart } from './rule/from-layers'
export { exportRule, RULE_TARGETS } from './rule/export/export'
export type { ExportedRule, RuleTarget } from './rule/export/export'
export { formatRules } from './rule/format'
export { FUNCTIONS as RULE_FUNCTIONS } from './rule/functions'
export { PROPERTIES as RULE_PROPERTIES } from './rule/parse-terms'
export { RULE_CLAIMS } from './rule/graph'
export { renameValue } from './rule/rename-value'
export { parseRule, parseRules } from './rule/parse'
export { printCondition, printAttribute, printResults, printRule, printValue } from './rule/print'
export {
  sourceOfRule,
  withCondition,
  withMoreConditions,
  withoutStatement,
  withStatement,
  withStatementBefore,
} from './rule/source'
export type { ConditionText, RuleSourceText, SourceSide } from './rule/source'
export { RulePattern } from './rule/rule'
export type { RuleBuild, RuleOptions } from './rule/rule'
export { variantsOf } from './rule/variants'
export { RuleMatch } from './rule/rule-match'
