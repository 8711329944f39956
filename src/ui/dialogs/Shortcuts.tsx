import { Dialog } from 'radix-ui'
import { commands } from '../../editor'
import type { Command } from '../../editor'
import { keyText } from '../widgets/key-text'
import { DialogFrame } from '../widgets/DialogFrame'

const GROUPS: readonly Command['group'][] = ['Patterns', 'Steps', 'View', 'Model', 'Help']

export function Shortcuts() {
  return (
    <DialogFrame name="shortcuts" title="Keyboard shortcuts" className="shortcuts">
      <Dialog.Description className="hint">
        On the canvas, Tab goes from node to node, arrows along the values, Enter opens and closes groups.
      </Dialog.Description>
      <div className="shortcut-groups" role="region" aria-label="All shortcuts" tabIndex={0}>
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands
                .filter((c) => c.group === group && c.keys.length > 0 && !/^apply-[2-9]$/.test(c.id))
                .map((c) => (
                  <div key={c.id}>
                    <dt>{c.id === 'apply-1' ? 'Apply match 1 to 9' : c.title}</dt>
                    <dd>
                      <kbd>{c.id === 'apply-1' ? '1 … 9' : keyText(c.keys[0]!)}</kbd>
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </DialogFrame>
  )
}
