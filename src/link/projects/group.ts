/** Grouping of project records, as the stages and the stand-alone command call it. */
export { blockKeys, blockMembersMax } from './blocks.ts'
export { clusterNodes } from './cluster.ts'
export { areOtherByCode, compareNodes, projectWeights } from './compare.ts'
export { groupNodes } from './group-nodes.ts'
