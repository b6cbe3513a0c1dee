import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isHubError } from '../../../src/kernel/errors.ts'
import { groupCommand, linkCommand } from '../../../src/link/standalone/command.ts'
import { groupFiles } from '../../../src/link/standalone/group.ts'
import { linkFiles } from '../../../src/link/standalone/link.ts'
import { inventedRegister, uscc } from '../invented.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'link-'))
})
afterEach(() => rm(folder, { recursive: true }))

const crowd = inventedRegister(300)
const taxpayerText = `uscc,name,formerNames,address\n${crowd.map((one) => `${one.uscc},${one.name},,`).join('\n')}\n${uscc(5001)},郑州罍昶路桥建设有限公司,郑州罍昶筑路有限公司、郑州罍昶公路有限公司,"金水区花园路1号, 3楼"\n`
const partyHeader = 'id,name,uscc,address\n'
const place = (name: string) => join(folder, name)
const put = async (name: string, content: string | Buffer): Promise<string> => {
  await writeFile(place(name), content)
  return place(name)
}
const lines = async (name: string): Promise<string[]> => (await readFile(place(name), 'utf8')).trimEnd().split('\n')
const link = async (parties: string | Buffer, taxpayers: string | Buffer = taxpayerText, threads = 1) =>
  linkFiles({
    taxpayers: await put('taxpayers.csv', taxpayers),
    parties: await put('parties.csv', parties),
    out: place('out.csv'),
    threads,
  })

/** The code of the refusal; afterwards there must be no output and no half of one. */
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect((await readdir(folder)).filter((name) => name.startsWith('out.csv'))).toEqual([])
  if (!isHubError(error)) throw error
  expect(error.publicMessage.zh).toMatch(/[\u4e00-\u9fff]/)
  expect(error.publicMessage.en).not.toMatch(/[\u4e00-\u9fff]/)
  return error.code
}

describe('link', () => {
  test('writes one line a party in their order, and one a linked member of a consortium', async () => {
    const report = await link(
      `${partyHeader}p1,郑州罍昶路桥建设有限公司,,\np2,谁也不是的单位,,\n` +
        `p3,"${crowd[0]!.name}（牵头人）、${crowd[1]!.name}（联合体成员）",${crowd[0]!.uscc},\np4,郑州罍昶公路有限公司,,\n`,
    )
    expect(report).toMatchObject({ taxpayers: 301, parties: 4, links: 4, reviews: 0 })
    const rows = (await lines('out.csv')).map((line) => line.split(','))
    expect(rows[0]).toEqual(['id', 'uscc', 'score', 'decision', 'reason'])
    expect(rows.slice(1).map(([id, code, , decision, reason]) => [id, code, decision, reason])).toEqual([
      ['p1', uscc(5001), 'link', 'name.exact'],
      ['p2', '', 'none', 'register.absent'],
      ['p3', crowd[0]!.uscc, 'link', 'code.exact'],
      ['p3', crowd[1]!.uscc, 'link', 'name.exact'],
      ['p4', uscc(5001), 'link', 'name.former'],
    ])
  })

  test('reads GB18030, gzip, other orders of columns and further columns', async () => {
    const parties = '备注,address,NAME,uscc,id\nx,,郑州罍昶路桥建设有限公司,,p1\n'
    await link(gzipSync(iconv.encode(parties, 'gb18030')), iconv.encode(taxpayerText, 'gb18030'))
    expect((await lines('out.csv'))[1]).toContain(`p1,${uscc(5001)}`)
  })

  test('gives the same file with threads as without', async () => {
    const parties = partyHeader + crowd.map((one, i) => `p${i},${one.name.slice(0, -1 - (i % 3))},,`).join('\n')
    await link(parties)
    const single = await readFile(place('out.csv'), 'utf8')
    await link(parties, taxpayerText, 2)
    expect(await readFile(place('out.csv'), 'utf8')).toBe(single)
  })

  test('a file of parties without rows gives a header alone', async () => {
    await link(partyHeader)
    expect(await lines('out.csv')).toEqual(['id,uscc,score,decision,reason'])
  })
})

describe('files that cannot be used', () => {
  const party = 'p1,甲,,\n'
  test.each<[string, string | Buffer, string | Buffer, string]>([
    ['a missing column of the parties', 'id,name,address\np1,甲,\n', taxpayerText, 'cli.column_missing'],
    ['a missing column of the taxpayers', partyHeader + party, 'uscc,formerNames,address\n', 'cli.column_missing'],
    ['a column twice', 'id,name,uscc,address,name\n', taxpayerText, 'cli.column_twice'],
    ['an empty file', '', taxpayerText, 'cli.file_empty'],
    ['taxpayers without rows', partyHeader + party, 'uscc,name,formerNames,address\n', 'cli.file_empty'],
    ['an id twice', `${partyHeader}${party}p2,乙,,\n${party}`, taxpayerText, 'cli.id_twice'],
    ['no id', `${partyHeader},乙,,\n`, taxpayerText, 'cli.id_missing'],
    [
      'bytes that are no text',
      Buffer.concat([Buffer.from(`${partyHeader}p1,`), Buffer.from([0xff, 0xfe, 0xff]), Buffer.from(',,\n')]),
      taxpayerText,
      'cli.wrong_encoding',
    ],
    ['a row of another width', `${partyHeader}p1,甲\n`, taxpayerText, 'cli.ragged_row'],
    ['quotes that never close', `${partyHeader}p1,"甲,,\n`, taxpayerText, 'cli.quote_never_closed'],
    [
      'a cell of more than 10 MB',
      `${partyHeader}p1,"${'甲'.repeat(4_000_000)}",,\n`,
      taxpayerText,
      'cli.cell_too_large',
    ],
    ['a workbook', Buffer.from('504b0304140000000800', 'hex'), taxpayerText, 'cli.not_csv'],
    ['something that is no table', '<html><body>error</body></html>\n', taxpayerText, 'cli.column_missing'],
  ])('%s is one clear refusal without output', async (_, parties, taxpayers, code) => {
    expect(await refusal(link(parties, taxpayers))).toBe(code)
  })

  test.each<[string, string, string]>([
    [
      'a cell of more than 10 MB of the taxpayers',
      `uscc,name,formerNames,address\n,"${'甲'.repeat(4_000_000)}",,\n`,
      'cli.cell_too_large',
    ],
    ['an empty file of taxpayers', '', 'cli.file_empty'],
    [
      'quotes that never close among the taxpayers',
      'uscc,name,formerNames,address\n,"甲,,\n',
      'cli.quote_never_closed',
    ],
  ])('%s is one clear refusal with and without threads', async (_, taxpayers, code) => {
    for (const threads of [1, 2]) expect(await refusal(link(partyHeader + party, taxpayers, threads))).toBe(code)
  })

  test('the same refusals come from threads', async () => {
    expect(await refusal(link(`${partyHeader}${party}${party}`, taxpayerText, 2))).toBe('cli.id_twice')
    expect(await refusal(link(partyHeader + party, 'uscc,name\n', 2))).toBe('cli.column_missing')
  })

  test('a file that is not there, and a folder that is not there', async () => {
    const taxpayers = await put('taxpayers.csv', taxpayerText)
    const parties = await put('parties.csv', partyHeader)
    expect(await refusal(linkFiles({ taxpayers, parties: place('nowhere.csv'), out: place('out.csv') }))).toBe(
      'cli.file_unreadable',
    )
    expect(await refusal(linkFiles({ taxpayers, parties, out: place('nowhere/out.csv') }))).toBe('cli.file_unwritable')
  })

  test('an output that stood there before stays when the input is refused', async () => {
    await put('out.csv', 'old')
    await link(`${partyHeader}${party}${party}`).catch(() => undefined)
    expect(await readFile(place('out.csv'), 'utf8')).toBe('old')
  })

  test('wrong arguments say how the command is used', async () => {
    const out = { line: () => undefined, result: () => undefined }
    expect(await refusal(linkCommand(['--out', place('out.csv')], out))).toBe('cli.bad_argument')
    expect(
      await refusal(linkCommand(['--taxpayers', 'a', '--parties', 'b', '--out', 'c', '--threads', 'x'], out)),
    ).toBe('cli.bad_argument')
    expect(await refusal(groupCommand([], out))).toBe('cli.bad_argument')
  })
})

describe('link --explain', () => {
  const asked = async (id: string) => {
    const lines: string[] = []
    const results: unknown[] = []
    const out = { line: (text = '') => void lines.push(text), result: (value: unknown) => void results.push(value) }
    const taxpayers = await put('taxpayers.csv', taxpayerText)
    const parties = await put('parties.csv', `${partyHeader}p1,郑州罍昶路乔建设有限公司,,\n`)
    const code = await linkCommand(['--taxpayers', taxpayers, '--parties', parties, '--explain', id], out)
    return { code, lines, results }
  }

  test('prints the waterfall of one party in Chinese and English and writes no file', async () => {
    const { code, lines, results } = await asked('p1')
    expect(code).toBe(0)
    expect(lines.join('\n')).toMatch(/自动关联 linked: name\.close/)
    expect(lines.join('\n')).toMatch(/-\d\.\d {2}名称差异 difference of the names · 同音字 homophone 「乔」|「桥」/)
    expect(results).toMatchObject([{ id: 'p1', explanations: [{ decision: 'link', settingsVersion: 1 }] }])
    expect((await readdir(folder)).sort()).toEqual(['parties.csv', 'taxpayers.csv'])
  })

  test('an id that no row has is refused, and so is asking for a file as well', async () => {
    expect(await refusal(asked('p9'))).toBe('cli.id_unknown')
    const out = { line: () => undefined, result: () => undefined }
    const both = ['--taxpayers', 'a', '--parties', 'b', '--out', place('out.csv'), '--explain', 'p1']
    expect(await refusal(linkCommand(both, out))).toBe('cli.bad_argument')
  })
})

describe('group', () => {
  const header = 'id,name,builder,place,amount,date,code\n'
  const group = async (text: string | Buffer) =>
    groupFiles({ records: await put('records.csv', text), out: place('out.csv') })
  const records = [
    'r3,罍昶片区排水管网改造项目施工一标段,新郑市翙曈公路建设服务站,新郑市龙湖镇,1200万元,2024-03-01,',
    'r1,罍昶片区排水管网改造项目监理,新郑市翙曈公路建设服务站,新郑市,35.5,2024年4月,',
    'r2,骎戬小学迁建项目,新郑市教育局,新郑市,,,2403-410184-04-01-000001',
  ]

  test('names each project by the smallest id of its records', async () => {
    expect(await group(header + records.join('\n'))).toEqual({ records: 3, projects: 2 })
    const rows = (await lines('out.csv')).map((line) => line.split(','))
    expect(rows.map(([id, project]) => [id, project])).toEqual([
      ['id', 'projectId'],
      ['r3', 'r1'],
      ['r1', 'r1'],
      ['r2', 'r2'],
    ])
    for (const [, , score] of rows.slice(1)) expect(Number(score)).toBeGreaterThan(0.5)
  })

  test('does not depend on the order of the records', async () => {
    await group(header + records.join('\n'))
    const first = (await lines('out.csv')).slice(1).sort()
    await group(header + [...records].reverse().join('\n'))
    expect((await lines('out.csv')).slice(1).sort()).toEqual(first)
  })

  const row = 'r1,罍昶路改造工程,新郑市翙曈公路建设服务站,新郑市,,,\n'
  test.each([
    ['a missing column', 'id,name\n', 'cli.column_missing'],
    ['a column twice', `${header.trim()},name\n`, 'cli.column_twice'],
    ['one id twice', `${header}a,x,,,,,\na,y,,,,,\n`, 'cli.id_twice'],
    ['no id', `${header},x,,,,,\n`, 'cli.id_missing'],
    ['an empty file', '', 'cli.file_empty'],
    [
      'another encoding',
      Buffer.concat([Buffer.from(header + row), Buffer.from([0xff, 0xfe, 0x80, 0x0a])]),
      'cli.wrong_encoding',
    ],
    ['a workbook', Buffer.from('PK\u0003\u0004rest of a workbook'), 'cli.not_csv'],
    ['a cell of 10 MB', `${header}r1,${'罍'.repeat(10_000_000)},,,,,\n`, 'cli.cell_too_large'],
    ['a quote that is never closed', `${header}r1,"罍昶路改造工程,,,,,\n`, 'cli.quote_never_closed'],
    ['a row of another width', `${header}${row}r2,罍昶路,\n`, 'cli.ragged_row'],
  ])('refuses %s and writes nothing', async (_, content, code) => {
    expect(await refusal(group(content))).toBe(code)
  })

  test('refuses a file that is not there, a folder that is not there, and to overwrite what it reads', async () => {
    const records = await put('records.csv', header + row)
    expect(await refusal(groupFiles({ records: place('none.csv'), out: place('out.csv') }))).toBe('cli.file_unreadable')
    expect(await refusal(groupFiles({ records, out: place('none/out.csv') }))).toBe('cli.file_unwritable')
    expect(await refusal(groupFiles({ records, out: records }))).toBe('cli.bad_argument')
    expect(await readFile(records, 'utf8')).toBe(header + row)
  })

  test('leaves the output of an earlier run alone when it refuses', async () => {
    await group(header + row)
    const before = await readFile(place('out.csv'), 'utf8')
    await expect(group('id,name\n')).rejects.toThrow()
    expect(await readFile(place('out.csv'), 'utf8')).toBe(before)
  })
})
