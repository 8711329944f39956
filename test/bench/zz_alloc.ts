import { WORKLOADS } from './workloads'
const w = WORKLOADS.find((w) => w.name.startsWith(process.argv[2] ?? 'W1'))!
for (let i = 0; i < 3; i++) { const net = w.build(20000); w.run(net, { verify: false }) }
const g = (globalThis as any).gc
g(); const h0 = process.memoryUsage().heapUsed
const net = w.build(100000); g(); const h1 = process.memoryUsage().heapUsed
const t = performance.now(); w.run(net, { verify: false }); const ms = performance.now() - t
const h2 = process.memoryUsage().heapUsed; g(); const h3 = process.memoryUsage().heapUsed
console.log(w.name, 'network', ((h1 - h0) / 1e5).toFixed(0), 'B/layer; allocated', ((h2 - h1) / 1e5).toFixed(0), 'B/layer, after gc', ((h3 - h0) / 1e5).toFixed(0), 'ms', ms.toFixed(0))
w.check(net, 100000)
