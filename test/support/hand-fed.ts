/** A hub fed by hand: rows of a department's own record, landed and carried through all stages, without any source. */

import type { AnyFeed, OpenSource } from '#connect'
import { feeds } from '../../connectors/index.ts'
import type { Page } from '../../src/connect/feed.ts'
import type { Database } from '../../src/db/database.ts'
import { type ImportDeps, type ImportReport, loadPages } from '../../src/import.ts'
import { createKeyring } from '../../src/kernel/cipher.ts'
import type { BatchFigures } from '../../src/landing/batch-figures.ts'
import { defaultLandingPolicy, landDelivery } from '../../src/landing/pull.ts'
import { finishRun, startRun } from '../../src/landing/run.ts'
import { emptyMemory } from '../../src/link/stage/memory.ts'
import { testMasterKey } from './simulated.ts'

const noSource = (): OpenSource => {
  throw new Error('a hand-fed hub has no sources')
}

export interface HandFed extends ImportDeps {
  /** Lands these records as one delivery and leaves the stages behind: `advance` brings them up. */
  land(feedId: string, records: readonly Record<string, unknown>[]): Promise<BatchFigures>
  /** Lands these records as one delivery of the feed; the report is that of a load. */
  deliver(feedId: string, records: readonly Record<string, unknown>[]): Promise<ImportReport>
}

const page = (rows: readonly Record<string, unknown>[]): Page => ({
  rows: rows.map((record, i) => ({ text: JSON.stringify(record), at: { source: 'by hand', row: i + 1 } })),
  next: null,
})

/** `change` replaces feeds, e.g. by one with other bounds or another mapping; `more` are feeds beside them, or in the place of those of the same id. */
export const handFed = (
  db: Database,
  change: (feed: AnyFeed) => AnyFeed = (feed) => feed,
  more: readonly AnyFeed[] = [],
): HandFed => {
  const map = new Map([...feeds.map(change), ...more].map((feed) => [feed.id, feed]))
  const deps: ImportDeps = {
    db,
    feeds: map,
    keyring: createKeyring(Buffer.from(testMasterKey, 'hex')),
    region: '410100',
    policy: defaultLandingPolicy,
    linkMemory: emptyMemory(),
    openSource: noSource,
  }
  const pages = async function* (records: readonly Record<string, unknown>[]) {
    yield page(records)
  }
  return {
    ...deps,
    deliver: (feedId, records) => loadPages(deps, map.get(feedId)!, 'test', ['by hand'], pages(records)),
    land: async (feedId, records) => {
      const run = await startRun(db, { source: feedId, kind: 'load' })
      const delivery = { ...deps, feed: map.get(feedId)!, run, actor: 'test' }
      const figures = await landDelivery(delivery, pages(records), 'increment', { skipJudging: true })
      await finishRun(db.pipeline, run, 'green', null)
      return figures
    },
  }
}

/** Any feed, with a way to take a record back: `bz: 'withdrawn'`. */
export const canWithdraw = (feed: AnyFeed): AnyFeed =>
  ({ ...feed, isWithdrawn: (r: { bz?: unknown }) => r.bz === 'withdrawn' }) as AnyFeed

/** A road section as the transport bureau would send it. */
export const section = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  xmbh: 'JT2022-0001',
  htdbh: 'TJ-1',
  xmmc: 'S312荥阳段改建工程',
  lxbh: 'S312',
  qdzh: 'K12+300',
  zdzh: 'K18+050',
  xmdm: null,
  pfwh: null,
  jsdw: '荥阳市公路事业发展中心',
  jsdwdm: null,
  sgdw: '郑州栩爵建设工程有限公司',
  sgdwdm: null,
  htbh: 'HT-1',
  htj: '100000000.00',
  qdrq: '2022-09-01',
  zjly: '1',
  xzqh: '410182',
  jhkg: '2022-10-01',
  sjkg: '2022-10-11',
  jgrq: null,
  zt: '2',
  gxsj: '2022-11-01 09:00:00',
  ...over,
})

export const measurement = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  xmbh: 'JT2022-0001',
  htdbh: 'TJ-1',
  qs: 1,
  jlny: '202211',
  bqjl: '20000000',
  ljjl: '20000000',
  xxjd: '20',
  shrq: '2022-12-05',
  sgdw: '郑州栩爵建设工程有限公司',
  tbr: '甲',
  bz: '',
  gxsj: '2022-12-06 09:00:00',
  ...over,
})

export const approval = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  slbh: 'SL-1',
  xmdm: '2201-410182-04-01-123456',
  xmmc: 'S312荥阳段改建工程',
  xmdw: '荥阳市公路事业发展中心',
  xmdwdm: '',
  jsdd: '荥阳市',
  xzqh: '410182',
  jsgm: '二级公路',
  ztz: '15,000.00',
  zjly: '1',
  hydm: '4812',
  xmlx: '01',
  spjd: '2',
  xmzt: '1',
  pfwh: '荥发改审批〔2022〕8号',
  pfrq: '2022-01-20',
  nkgsj: '2022-10',
  njcsj: '2024',
  lxr: '某人',
  lxdh: '14100000000',
  bz: '',
  gxsj: '2022-01-21 09:00:00',
  ...over,
})

export const taxpayer = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  DJXH: '10114101000000000001',
  SHXYDM: '',
  NSRSBH: '',
  YNSRSBH: '',
  NSRMC: '郑州栩爵建设工程有限公司',
  CYMC: '',
  NSRZT_DM: '03',
  KZZTDJLX_DM: '1110',
  NSRLX_DM: '1',
  HY_DM: '4812',
  ZCDZ: '郑州市金水区',
  SCJYDZ: '郑州市金水区',
  JDXZ_DM: '410105001',
  ZGSWSKFJ_DM: '14101050000',
  ZGSWSKFJ_MC: '国家税务总局郑州市金水区税务局',
  SSGLY_DM: '1',
  FDDBRXM: '',
  FDDBRSFZJHM: '',
  LXDH: '',
  DJRQ: '2015-01-01',
  XGRQ: '2022-01-01 00:00:00',
  ...over,
})

export const invoice = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  FPDM: '',
  FPHM: '22412000000000000001',
  FPLX_DM: '31',
  FPZT_DM: '0',
  LZFPHM: '',
  KPRQ: '2022-12-10 10:00:00',
  XSF_NSRSBH: '',
  XSF_MC: '郑州栩爵建设工程有限公司',
  GMF_NSRSBH: '',
  GMF_MC: '荥阳市公路事业发展中心',
  JE: '9174311.93',
  SE: '825688.07',
  JSHJ: '10000000.00',
  SL: '0.09',
  SPBM: '3050000000000000000',
  TDYS_DM: '03',
  JZXMMC: 'S312荥阳段改建工程',
  JZFWFSD: '河南省郑州市荥阳市',
  JZXXDZ: '',
  KDSBZ: 'N',
  KQYSSXBYGLBH: '',
  BZ: '',
  ...over,
})
