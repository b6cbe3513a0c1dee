/** The water bureau's five datasets. */
import { type Fault, forPages } from '../fault-kinds.ts'
import type { ListedSource } from '../source.ts'
import { waterContracts, waterProgress, waterProjects } from '../world/water.ts'
import { waterPermits, waterUses, wellPermits, wellUses } from '../world/water-permits.ts'
import { sayWaterPermit, sayWaterUse } from './water-permits.ts'
import { sayWaterContract, sayWaterProgress, sayWaterProject } from './water-works.ts'

const faults: readonly Fault[] = [
  ...forPages,
  'totalTooLow',
  'wrongEncoding',
  'tokenExpired',
  'gone',
  'envelopeError',
  'twoPayloads',
  'futureDate',
  'clockStep',
]

export const waterSources: readonly ListedSource[] = [
  {
    kind: 'listed',
    feed: 'water.projects',
    drifted: 'gszs',
    faults,
    updateTime: 'gxsj',
    ofProject: waterProjects,
    say: sayWaterProject,
  },
  {
    kind: 'listed',
    feed: 'water.contracts',
    drifted: 'bdmc',
    faults,
    updateTime: 'gxsj',
    ofProject: waterContracts,
    say: sayWaterContract,
  },
  {
    kind: 'listed',
    feed: 'water.progress',
    drifted: 'jdms',
    faults,
    updateTime: 'gxsj',
    ofProject: waterProgress,
    say: sayWaterProgress,
  },
  {
    kind: 'listed',
    feed: 'water.permits',
    drifted: '取水用途',
    faults,
    updateTime: '更新时间',
    ofProject: waterPermits,
    ofWorld: wellPermits,
    say: sayWaterPermit,
  },
  {
    kind: 'listed',
    feed: 'water.usages',
    drifted: '上报日期',
    faults,
    updateTime: '更新时间',
    ofProject: waterUses,
    ofWorld: wellUses,
    say: sayWaterUse,
  },
]
