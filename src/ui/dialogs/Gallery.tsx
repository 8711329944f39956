import { Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import { givenAlone, openCommands, readGallery } from '../../editor'
import type { GalleryEntry } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { DialogFrame } from '../widgets/DialogFrame'

/** Models to look at, and the way to one's own. */
export function Gallery() {
  const editor = useEditor()
  const open = useEditorState((s) => s.dialog === 'gallery')
  const [entries, setEntries] = useState<readonly GalleryEntry[]>([])
  useEffect(() => {
    if (open && entries.length === 0)
      void readGallery().then(setEntries, (e: unknown) => editor.fail('The gallery is not there', e))
  }, [open, entries.length, editor])
  const choose = (entry: GalleryEntry) => {
    editor.set({ dialog: null })
    void openCommands.openFromGallery(editor, entry)
  }
  const pick = (files: FileList | null) => {
    if (!files?.length) return
    editor.set({ dialog: null })
    void openCommands.openFiles(editor, [...files].map(givenAlone))
  }
  return (
    <DialogFrame name="gallery" title="Open a model" className="gallery">
      <label className="file-pick">
        <span>
          <strong>Choose an ONNX file, with the files of its weights, or a session</strong>, or drop them anywhere, a
          folder too. They stay on this computer.
        </span>
        <input type="file" multiple onChange={(e) => pick(e.target.files)} />
      </label>
      <Dialog.Description className="visually-hidden">
        Models that come with Graft, and files of your own
      </Dialog.Description>
      <ul className="gallery-list">
        {entries.map((entry) => (
          <li key={entry.id}>
            <button type="button" className="gallery-entry" onClick={() => choose(entry)}>
              <span className="gallery-name">{entry.name}</span>
              <span className="gallery-facts">
                {entry.exporter} · {sizeText(entry)}
              </span>
              <span className="gallery-about">{entry.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </DialogFrame>
  )
}

/** `500 layers, 744 nodes in the file with its constants` */
function sizeText({ layers, nodes }: GalleryEntry): string {
  const text = `${layers.toLocaleString('en')} layers`
  return nodes === layers ? text : `${text}, ${nodes.toLocaleString('en')} nodes in the file with its constants`
}
