/** Where a file of code, or a rule, matches the open network, cut out: networks to try it on. */
import type { LayerId } from '../../engine'
import { cutStep, inOrder, spreadOver } from '../../verify'
import { packedWhole } from '../protocol/codec'
import type { Plain } from '../protocol/codec'
import type { CodeCases } from '../protocol/verify-calls'
import type { SandboxedCode } from './sandboxed-code'
import { undoneRewrite } from './undone-rewrite'
import type { Workspace } from './workspace'

/** So many places, from all over the network. */
const PLACES = 8
/** Bytes of a case that are worth sending. */
const LARGEST = 16e6

/** The network is as it was afterwards. @throws CodeError */
export async function codeCases(workspace: Workspace, label: string, code: SandboxedCode | null): Promise<CodeCases> {
  const examples = code?.info.patterns.flatMap((p) => p.examples) ?? []
  if (code?.analyzes) return { networks: [], examples }
  await code?.refresh()
  const roots = [...workspace.matches(label)].map((m) => m.root)
  const networks: Plain[] = []
  for (const root of spreadOver(roots, PLACES)) {
    await code?.prime(root)
    const found = caseAt(workspace, label, root)
    if (found) networks.push(found)
  }
  return { networks, examples }
}

function caseAt(workspace: Workspace, label: string, root: LayerId): Plain | null {
  const region = undoneRewrite(workspace, label, root, (transaction) => cutStep(workspace.network, transaction))
  if (region === null || typeof region === 'string') return null
  const bytes = region.before.tensors.reduce((sum, t) => sum + (t.value?.byteLength ?? 0), 0)
  return bytes > LARGEST ? null : packedWhole(inOrder(region.before))
}
