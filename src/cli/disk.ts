/** `disk`: what the database takes, what a day adds, and when the disk is four fifths full. Exit 1 where that is within thirty days. */
import { bytesText } from '../console/parts/format.ts'
import type { Hub } from '../hub.ts'
import { addDays, now, today } from '../kernel/clock.ts'
import { diskForecast, diskPlaceOf } from '../retention/disk.ts'
import type { DiskForecast } from '../retention/forecast.ts'
import { type Output, table } from './output.ts'

const warnDays = 30
const tablesShown = 12

const left = (f: DiskForecast): string => {
  if (f.disk === null)
    return '磁盘容量未知：请配置 database.capacityBytes the capacity is not known: set database.capacityBytes'
  if (f.daysLeft === null) return '目前没有增长 nothing grows at present'
  if (f.daysLeft === 0) return '磁盘已用满八成 the disk is four fifths full now'
  return `按目前增速，${f.daysLeft} 天后（${addDays(today(), Math.min(f.daysLeft, 36_500))}）用满八成 four fifths full in ${f.daysLeft} days at this rate`
}

export const diskCommand = async (hub: Hub, _args: readonly string[], out: Output): Promise<number> => {
  const forecast = await diskForecast(hub.db.pipeline, diskPlaceOf(hub.config.database), now())
  out.result(forecast)
  for (const line of table(
    ['table', 'size'],
    forecast.tables.slice(0, tablesShown).map((t) => [t.table, bytesText(t.bytes)]),
  ))
    out.line(line)
  out.line()
  for (const line of table(
    ['feed', 'versions', 'size', 'a day'],
    forecast.feeds.map((f) => [f.feed, f.versions, bytesText(f.bytes), bytesText(Math.round(f.bytesPerDay))]),
  ))
    out.line(line)
  out.line()
  out.line(
    `数据库 database ${bytesText(forecast.databaseBytes)}，每日新增 a day ${bytesText(Math.round(forecast.bytesPerDay))}${forecast.disk ? `，磁盘 disk ${bytesText(forecast.disk.usedBytes)} / ${bytesText(forecast.disk.capacityBytes)}` : ''}`,
  )
  out.line(left(forecast))
  return forecast.daysLeft !== null && forecast.daysLeft <= warnDays ? 1 : 0
}
