import { Dialog } from 'radix-ui'
import { givenAlone, openCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { Examples } from '../start/Examples'
import { Recent, useRecent } from '../start/Recent'
import { DialogFrame } from '../widgets/DialogFrame'

/** A file of one's own, what was open before, and models to look at. */
export function Gallery() {
  const editor = useEditor()
  const open = useEditorState((s) => s.dialog === 'gallery')
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
        What was open before, models that come with Graft, and files of your own
      </Dialog.Description>
      {open && <Lists />}
    </DialogFrame>
  )
}

function Lists() {
  const editor = useEditor()
  const [recent, read] = useRecent()
  const close = () => editor.set({ dialog: null })
  return (
    <div className="gallery-lists">
      {recent && recent.length > 0 && (
        <>
          <h3>Recent</h3>
          <Recent entries={recent} onChoose={close} onForgotten={read} />
        </>
      )}
      <h3>Examples</h3>
      <Examples onChoose={close} />
    </div>
  )
}
