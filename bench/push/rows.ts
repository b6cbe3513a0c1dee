/** Records as the transport bureau pushes them: sections one at a time, measurements in bulk. Every key is used once. */

const sectionOf = (key: string): Record<string, unknown> => ({
  xmbh: `JT2025-${key}`,
  htdbh: 'TJ-1',
  xmmc: `S312线第${key}合同段改建工程`,
  lxbh: 'S312',
  qdzh: 'K12+300',
  zdzh: 'K18+050',
  xmdm: null,
  pfwh: null,
  jsdw: '某市公路事业发展中心',
  jsdwdm: null,
  sgdw: '某市路桥建设工程有限公司',
  sgdwdm: null,
  htbh: `HT-${key}`,
  htj: '100000000.00',
  qdrq: '2025-09-01',
  zjly: '1',
  xzqh: '410182',
  jhkg: '2025-10-01',
  sjkg: '2025-10-11',
  jgrq: null,
  zt: '2',
  gxsj: '2025-11-01 09:00:00',
})

const keyDigits = 9

/** A body of one record, cut where its running number stands: before, between and after its three places. */
export const singleBody = (): readonly string[] => JSON.stringify([sectionOf('#')]).split('#')

/** The number as it stands in a body: always the same length, so that every body has it too. */
export const keyText = (n: number): string => String(n).padStart(keyDigits, '0')

const measurementsPerSection = 50

/** Lines of NDJSON: measurements of sections, one row a call. */
export const measurementLine = (n: number): string => {
  const sequence = (n % measurementsPerSection) + 1
  return `${JSON.stringify({
    xmbh: `JT2024-${keyText(Math.floor(n / measurementsPerSection))}`,
    htdbh: 'TJ-1',
    qs: sequence,
    jlny: '202511',
    bqjl: '2000000.00',
    ljjl: `${sequence * 2_000_000}.00`,
    xxjd: String(sequence * 2),
    shrq: '2025-12-05',
    sgdw: '某市路桥建设工程有限公司',
    tbr: '某人',
    bz: '',
    gxsj: '2025-12-06 09:00:00',
  })}\n`
}
