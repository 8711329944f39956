// The thread behind `OpeningThread`: loads ONNX Runtime at once, says whether it could, and then opens the models that it is asked for.
// CommonJS, which a thread begins some 30 ms sooner.
const { parentPort, workerData } = require('node:worker_threads')

let ort = null
try {
  ort = require('onnxruntime-node')
} catch ({ code, message }) {
  parentPort.postMessage({ missing: { code, message } })
}
if (ort) begin()

async function begin() {
  // Nothing is no model, but what looking at the first one takes has been done then.
  await faultOf(new Uint8Array(0))
  parentPort.on('message', async (model) => parentPort.postMessage({ fault: await faultOf(model) }))
  parentPort.postMessage({ missing: null })
}

/** Why a model cannot be opened; null where it can. */
async function faultOf(model) {
  try {
    const session = await ort.InferenceSession.create(model, workerData)
    await session.release()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
