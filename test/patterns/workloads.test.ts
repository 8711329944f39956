/** What the bench measures is right: each workload, small, ends in what it has to, and every state on the way is valid. */
import { expect, test } from 'vitest'
import { verifyNetwork } from '../../src/engine'
import { LIBRARY_WORKLOADS } from '../bench/library-workloads'
import { WORKLOADS } from '../bench/workloads'

/** Divided by what each of them builds of. */
const SIZE = 180

test.each([...WORKLOADS, ...LIBRARY_WORKLOADS])('$name', ({ build, run, check }) => {
  const network = build(SIZE)
  run(network, { verify: true })
  check(network, SIZE)
  expect(verifyNetwork(network)).toEqual([])
})
