/** Grouping of project records, as the stages and the stand-alone command call it. */
export { blockKeys, blockMembersMax } from './blocks.ts'
export { clusterNodes } from './cluster.ts'
export { compareNodes, explainNodes, projectWeights } from './compare.ts'
export { groupNodes } from './group-nodes.ts'
export { areOtherByNumber, looseSchemes } from './numbers.ts'
