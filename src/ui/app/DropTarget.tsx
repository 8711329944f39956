/** Over everything, while files are dragged over the page. */
export const DropTarget = () => (
  <div className="drop-target">Drop an ONNX model, with its weight files or its folder, or a session</div>
)
