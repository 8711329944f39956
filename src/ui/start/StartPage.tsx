import { ArrowRight, FolderOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'
import { openCommands, tourCommands } from '../../editor'
import { useEditor, useEditorState } from '../editor-context'
import { Examples } from './Examples'
import { Recent, useRecent } from './Recent'

/** What Graft is, and everything that can be opened, over whatever is open. @param children what lies over the page itself */
export function StartPage({ children }: { readonly children: ReactNode }) {
  const editor = useEditor()
  const model = useEditorState((s) => s.model)
  const [recent, read] = useRecent()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className="start" aria-labelledby="start-heading">
      {children}
      <div className="start-scroll">
        <div className="start-page">
          <h2 id="start-heading" ref={heading} tabIndex={-1}>
            Graft
          </h2>
          <p className="start-lead">
            Open a neural network, see where a fusion fires and why it does not, watch each rewrite, and leave with a
            model whose numbers were checked.
          </p>
          {model && (
            <button type="button" className="button back-to-model" onClick={() => editor.set({ start: false })}>
              Back to {model.name}
              <ArrowRight size={14} strokeWidth={1.75} aria-hidden="true" />
            </button>
          )}
          <div className="start-ways">
            <div className="start-open">
              <button
                type="button"
                className="button primary"
                onClick={() => editor.platform.pickFiles((given) => void openCommands.openFiles(editor, given))}
              >
                <FolderOpen size={15} strokeWidth={1.75} aria-hidden="true" />
                Open a model
              </button>
              <p>
                or drop files here: an <strong>.onnx</strong> model with the files of its weights, its folder, a
                TensorRT network (<strong>.graft-trt</strong>), or a Graft session.{' '}
                <span className="dim">Nothing leaves this computer.</span>
              </p>
            </div>
            <div className="start-tour">
              <h3>Two-minute tour</h3>
              <p>BERT: open a block, match Gelu, step, find out why MatMul and Add does not fuse, export.</p>
              <button type="button" className="button" onClick={() => void tourCommands.beginTour(editor)}>
                Start the tour
              </button>
              <h3>Lessons</h3>
              <ol className="start-lessons">
                {tourCommands.lessonTitles.map((title, i) => (
                  <li key={title}>
                    <button type="button" className="link" onClick={() => void tourCommands.beginLesson(editor, i)}>
                      {title}
                    </button>
                  </li>
                ))}
              </ol>
            </div>
          </div>
          {recent && recent.length > 0 && (
            <>
              <h3>Recent</h3>
              <Recent entries={recent} onForgotten={read} />
            </>
          )}
          <h3>Examples</h3>
          <Examples />
        </div>
      </div>
    </section>
  )
}
