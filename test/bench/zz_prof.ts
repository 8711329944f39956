import { WORKLOADS } from './workloads'
const name = process.argv[2] ?? 'W1', n = Number(process.argv[3] ?? 100000), runs = Number(process.argv[4] ?? 5)
for (const w of WORKLOADS.filter((w) => w.name.split(' ')[0] === name)) {
  const ms: number[] = []
  for (let i = 0; i < runs; i++) { const net = w.build(n); (globalThis as any).gc?.(); const t = performance.now(); const c = process.cpuUsage(); w.run(net, { verify: false }); const u = process.cpuUsage(c); ms.push(performance.now() - t); w.check(net, n); void u }
  console.log(w.name, n, 'min', Math.min(...ms).toFixed(0), ms.map((m) => m.toFixed(0)).join(' '))
}
