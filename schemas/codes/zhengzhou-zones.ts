/**
 * 功能区 of Zhengzhou that collect tax like a county. GB/T 2260 has no code for 郑东新区; the statistical codes of the others
 * are no divisions either, so each zone has a local code whose first four digits are the city's.
 * Dates of approval are [K] (domain.md tags): they are configuration until the city confirms them.
 */
export interface FunctionalZone {
  readonly localCode: string
  readonly gbCode: string | null
  readonly name: string
  readonly aliases: readonly string[]
  /** First and last day; null where open or unknown. */
  readonly validFrom: string | null
  readonly validTo: string | null
}

export const zhengzhouZones: readonly FunctionalZone[] = [
  {
    localCode: '4101JK',
    gbCode: '410171',
    name: '郑州经济技术开发区',
    aliases: ['郑州经开区', '郑州市经开区', '郑州市经济技术开发区', '郑州国家经济技术开发区'],
    validFrom: '2000-02-13',
    validTo: null,
  },
  {
    localCode: '4101GX',
    gbCode: '410172',
    name: '郑州高新技术产业开发区',
    aliases: ['郑州高新区', '郑州市高新区', '郑州市高新技术产业开发区', '郑州高新技术开发区', '郑州高新开发区'],
    validFrom: '1991-03-06',
    validTo: null,
  },
  {
    localCode: '4101HK',
    gbCode: '410173',
    name: '郑州航空港经济综合实验区',
    aliases: [
      '郑州航空港区',
      '郑州市航空港区',
      '航空港经济综合实验区',
      '郑州航空港实验区',
      '郑州市航空港经济综合实验区',
      '郑州航空港',
    ],
    validFrom: '2013-03-07',
    validTo: null,
  },
  {
    localCode: '4101ZD',
    gbCode: null,
    name: '郑东新区',
    aliases: ['郑州市郑东新区', '郑州郑东新区'],
    validFrom: null,
    validTo: null,
  },
]

/** The code by which the hub names a zone: the statistical one where there is one. */
export const zoneCode = (zone: FunctionalZone): string => zone.gbCode ?? zone.localCode
