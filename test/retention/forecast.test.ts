import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { setClock, setClockOffset } from '../../src/kernel/clock.ts'
import { diskForecast, diskPlaceOf } from '../../src/retention/disk.ts'
import { forecastDisk } from '../../src/retention/forecast.ts'
import { testDatabase } from '../support/database.ts'
import { handFed, section } from '../support/hand-fed.ts'

const gb = 1_000_000_000n
const tables = [
  { table: 'raw_version', bytes: 60n * gb },
  { table: 'fact', bytes: 30n * gb },
  { table: 'audit', bytes: 10n * gb },
]
/** Ten million versions of invoices, two of readings: 12 000 and 3 000 more a day. */
const feeds = [
  { feed: 'power.readings', versions: 2_000_000n, recent: 90_000n, days: 30 },
  { feed: 'tax.invoices', versions: 8_000_000n, recent: 360_000n, days: 30 },
]

describe('the forecast of the disk', () => {
  test('shares the database out by versions, and days until the disk is four fifths full come from the last thirty', () => {
    const f = forecastDisk(tables, feeds, { capacityBytes: 500n * gb, usedBytes: 220n * gb })
    expect(f.databaseBytes).toBe(100n * gb)
    expect(f.bytesPerVersion).toBe(10_000)
    expect(f.feeds).toMatchObject([
      { feed: 'tax.invoices', bytes: 80n * gb, versionsPerDay: 12_000, bytesPerDay: 120_000_000 },
      { feed: 'power.readings', bytes: 20n * gb, versionsPerDay: 3_000, bytesPerDay: 30_000_000 },
    ])
    expect(f.bytesPerDay).toBe(150_000_000)
    expect(f.fullAtBytes).toBe(400n * gb)
    expect(f.daysLeft).toBe(1_200)
  })
  test.each([
    ['full now', { capacityBytes: 500n * gb, usedBytes: 400n * gb }, feeds, 0],
    ['not known', null, feeds, null],
    ['not growing', { capacityBytes: 500n * gb, usedBytes: 1n * gb }, feeds.map((f) => ({ ...f, recent: 0n })), null],
    ['of a hub without data', { capacityBytes: 500n * gb, usedBytes: 1n * gb }, [], null],
  ])('of a disk that is %s', (_, disk, own, daysLeft) =>
    expect(forecastDisk(tables, own, disk).daysLeft).toBe(daysLeft))
  test('a younger hub is measured by its days, not by thirty', () =>
    expect(
      forecastDisk([{ table: 'fact', bytes: 1_000n }], [{ feed: 'a.b', versions: 100n, recent: 50n, days: 5 }], null)
        .bytesPerDay,
    ).toBe(100))
})

describe('the figures it is made of', () => {
  test('are sizes of whole tables, versions that batches stored, and growth without the first load', async () => {
    const db = await testDatabase()
    const hub = handFed(db)
    const many = (from: number, n: number) => Array.from({ length: n }, (_, i) => section({ htdbh: `T${from + i}` }))
    try {
      setClock('2023-01-01T10:00:00+08:00')
      await hub.deliver('transport.sections', many(0, 50))
      setClock('2023-03-01T10:00:00+08:00')
      await hub.deliver('transport.sections', many(50, 20))
      setClock('2023-03-10T10:00:00+08:00')
      await hub.deliver('transport.sections', many(70, 10))
      const at = new Date('2023-03-20T10:00:00+08:00')
      const f = await diskForecast(db.pipeline, { kind: 'external', capacityBytes: 2_000_000_000 }, at)
      expect(f.feeds).toMatchObject([{ feed: 'transport.sections', versions: 80n, versionsPerDay: 1 }])
      expect(f.tables.find((t) => t.table === 'raw_version')!.bytes).toBeGreaterThan(0n)
      expect(f.tables.some((t) => /^(raw_version|fact_past)_\d/.test(t.table))).toBe(false)
      expect(f.disk).toEqual({ capacityBytes: 2_000_000_000n, usedBytes: f.databaseBytes })
      expect(f.daysLeft).toBe(Math.floor((1_600_000_000 - Number(f.databaseBytes)) / f.bytesPerDay))
    } finally {
      setClockOffset(0)
      await db.close()
    }
  })
  test('of a folder are what its disk says', async () => {
    const db = await testDatabase()
    const folder = await mkdtemp(join(tmpdir(), 'jingwei-disk-'))
    const { disk } = await diskForecast(db.pipeline, { kind: 'folder', folder }, new Date())
    expect(disk!.capacityBytes).toBeGreaterThan(disk!.usedBytes)
    expect(disk!.usedBytes).toBeGreaterThan(0n)
    await db.close()
  })
  test('come from the configuration where the database lies elsewhere', () => {
    expect(diskPlaceOf({ url: null, dataFolder: '/data' })).toEqual({ kind: 'folder', folder: '/data' })
    expect(diskPlaceOf({ url: 'x', dataFolder: '/data' })).toEqual({ kind: 'external', capacityBytes: null })
  })
})
