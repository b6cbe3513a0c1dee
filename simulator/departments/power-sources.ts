/** The three datasets of the power company. Their order matters: the manifest of a month follows the readings. */
import type { Fault } from '../fault-kinds.ts'
import { forFiles } from '../fault-kinds.ts'
import type { Delivery, ListedSource, StreamedSource } from '../source.ts'
import {
  accountsOfProject,
  accountsOfWorld,
  installationsOfProject,
  installationsOfWorld,
  sayAccount,
  sayInstallation,
} from './power.ts'
import { deliverPower, isDeliveryDay, newSince, type PowerFile } from './power-delivery.ts'
import { readingRecords } from './power-meters.ts'
import type { Row } from './wording.ts'

/** `gone`: a file that the manifest lists is not there. */
const faults: readonly Fault[] = [...forFiles, 'totalTooLow', 'wrongEncoding', 'twoPayloads', 'futureDate', 'gone']

/** Rows of a listed dataset that are new or changed since the delivery before. */
function* listedRows(delivery: Delivery, source: ListedSource): Generator<Row> {
  const { world } = delivery
  const since = newSince(delivery)
  for (const { entry, updatedAt } of world.list(source.feed as 'power.accounts' | 'power.installations'))
    if (since === null || updatedAt >= since) yield source.say(world, entry, updatedAt).row
}

export const accountFile: PowerFile = {
  feed: 'power.accounts',
  headers: {
    cons_no: '户号',
    cons_name: '户名',
    elec_addr: '用电地址',
    elec_type: '用电类别',
    status: '客户状态',
    mp_no: '计量点编号',
    volt: '电压等级',
    contract_cap: '合同容量(kVA)',
    ps_date: '送电日期',
    cancel_date: '销户日期',
    app_no: '报装申请编号',
  },
  drifted: 'volt',
  sumField: null,
  dateField: 'ps_date',
  changing: 'contract_cap',
  rowsPerFile: null,
  isLast: false,
  rows: (delivery) => listedRows(delivery, powerAccounts),
}

export const installationFile: PowerFile = {
  feed: 'power.installations',
  headers: {
    app_no: '报装申请编号',
    app_name: '申请单位',
    prj_name: '项目名称',
    elec_addr: '用电地址',
    elec_type: '用电类别',
    app_cap: '申请容量(kVA)',
    app_date: '申请日期',
    ps_date: '送电日期',
    cons_no: '户号',
    status: '报装状态',
  },
  drifted: 'app_cap',
  sumField: null,
  dateField: 'app_date',
  changing: 'app_cap',
  rowsPerFile: null,
  isLast: false,
  rows: (delivery) => listedRows(delivery, powerInstallations),
}

export const readingFile: PowerFile = {
  feed: 'power.readings',
  headers: {
    cons_no: '户号',
    ym: '年月',
    seq: '序号',
    kwh: '电量(kWh)',
    amount: '电费(元)',
    read_date: '抄表日期',
    adj: '退补标志',
  },
  drifted: 'adj',
  sumField: 'amount',
  dateField: 'read_date',
  changing: 'kwh',
  // Several numbered files at every size; a hundred thousand rows in one at most.
  rowsPerFile: (taxpayers) => Math.min(100_000, Math.max(100, taxpayers)),
  isLast: true,
  rows: function* ({ world, mode }) {
    for (const { row } of readingRecords(world, mode === 'full' ? null : world.clock)) yield row
  },
}

export const powerAccounts: ListedSource = {
  feed: 'power.accounts',
  kind: 'listed',
  drifted: accountFile.drifted,
  faults,
  updateTime: null,
  isDue: isDeliveryDay,
  deliver: (delivery) => deliverPower(accountFile, delivery),
  ofProject: accountsOfProject,
  ofWorld: accountsOfWorld,
  say: sayAccount,
}

export const powerInstallations: ListedSource = {
  feed: 'power.installations',
  kind: 'listed',
  drifted: installationFile.drifted,
  faults,
  updateTime: null,
  isDue: isDeliveryDay,
  deliver: (delivery) => deliverPower(installationFile, delivery),
  ofProject: installationsOfProject,
  ofWorld: installationsOfWorld,
  say: sayInstallation,
}

export const powerReadings: StreamedSource = {
  feed: 'power.readings',
  kind: 'streamed',
  drifted: readingFile.drifted,
  faults,
  updateTime: null,
  isDue: isDeliveryDay,
  deliver: (delivery) => deliverPower(readingFile, delivery),
  records: readingRecords,
}
