import { Bookmark, EllipsisVertical } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { HistoryId } from '../../editor'
import { compareCommands, historyCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'

interface Props {
  readonly node: HistoryId
  /** The point in words. */
  readonly label: string
}

/** What can be done with a point of history. */
export function PointTools({ node, label }: Props) {
  const editor = useEditor()
  const marked = useEditorState((s) => historyCommands.isBookmarked(s.timeline, node))
  return (
    <span className="point-tools">
      <button
        type="button"
        className={marked ? 'row-button marked' : 'row-button'}
        aria-label={`Bookmark ${label}`}
        aria-pressed={marked}
        title="Bookmark (M for the current point)"
        onClick={() => void historyCommands.toggleBookmark(editor, node)}
      >
        <Bookmark size={14} fill={marked ? 'currentColor' : 'none'} aria-hidden="true" />
      </button>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger className="row-button" aria-label={`More for ${label}`}>
          <EllipsisVertical size={14} aria-hidden="true" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content className="menu" align="end" onCloseAutoFocus={(e) => e.preventDefault()}>
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => historyCommands.beginNaming(editor, 'point', node)}
            >
              Name… <kbd>F2</kbd>
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => void historyCommands.toggleBookmark(editor, node)}>
              {marked ? 'Take the bookmark away' : 'Bookmark'} <kbd>M</kbd>
            </DropdownMenu.Item>
            <DropdownMenu.Item className="menu-item" onSelect={() => void compareCommands.compareWith(editor, node)}>
              Compare with here
            </DropdownMenu.Item>
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() =>
                editor.platform.pickFiles((given) => void compareCommands.compareWithFiles(editor, given))
              }
            >
              Compare with a file…
            </DropdownMenu.Item>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </span>
  )
}
