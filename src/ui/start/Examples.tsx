import { useEffect, useState } from 'react'
import { openCommands, readGallery } from '../../editor'
import type { GalleryEntry } from '../../editor'
import { useEditor } from '../editor-context'
import { Picture } from './Picture'

/** The models that come with Graft, as cards. */
export function Examples({ onChoose }: { readonly onChoose?: () => void }) {
  const editor = useEditor()
  const [entries, setEntries] = useState<readonly GalleryEntry[]>([])
  useEffect(() => {
    void readGallery().then(setEntries, (e: unknown) => editor.fail('The gallery is not there', e))
  }, [editor])
  const choose = (entry: GalleryEntry) => {
    onChoose?.()
    void openCommands.openFromGallery(editor, entry)
  }
  return (
    <ul className="cards">
      {entries.map((entry) => (
        <li key={entry.id}>
          <button type="button" className="card gallery-entry" onClick={() => choose(entry)}>
            <Picture of={entry.picture ?? null} />
            <span className="card-name">{entry.name}</span>
            <span className="card-facts">
              {entry.exporter} · {sizeText(entry)}
            </span>
            <span className="card-about">{entry.about}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

/** `500 layers, 744 nodes in the file with its constants` */
function sizeText({ layers, nodes }: GalleryEntry): string {
  const text = `${layers.toLocaleString('en')} layers`
  return nodes === layers ? text : `${text}, ${nodes.toLocaleString('en')} nodes in the file with its constants`
}
