/** A small world written straight into the tables: two projects in two counties, their parties, invoices, runs; nothing passes a stage. */
import type { Effect } from '../../schemas/api/act.ts'
import type { Position } from '../../schemas/canonical/position.ts'
import { positionJson } from '../../schemas/canonical/position.ts'
import type { Role } from '../../src/access/actor.ts'
import { roles, systemActor } from '../../src/access/actor.ts'
import { issueToken } from '../../src/access/tokens.ts'
import type { Database } from '../../src/db/database.ts'
import { type App, createApp } from '../../src/http/app.ts'
import { type AppInput, defaultHttpSettings, type Verbs } from '../../src/http/deps.ts'
import { createLogger } from '../../src/kernel/log.ts'
import { partyId, recordId } from '../../src/kernel/opaque-id.ts'
import { tokensOf } from '../../src/kernel/search-tokens.ts'

export const hash = (n: number): Buffer => Buffer.from(n.toString(16).padStart(32, '0'), 'hex')

const party = (
  text: number,
  name: string,
  more: Partial<Position['parties'][number]> = {},
): Position['parties'][number] => ({
  role: 'contractor',
  name,
  siteUnit: null,
  consortium: null,
  registrationId: null,
  taxpayerId: null,
  decision: 'none',
  score: 0,
  reason: 'register.absent',
  party: partyId.of(hash(text)),
  records: [recordId.of(hash(1))],
  ...more,
})

export const roadPosition: Position = {
  name: '金水路改造工程',
  otherNames: ['金水路（中州大道至东三环）改造工程'],
  projectCodes: ['2019-410105-48-01-000123'],
  documentNumbers: ['郑发改审批〔2019〕12号'],
  divisionCodes: ['410105'],
  placeText: '郑州市金水区经八路街道纬五路12号',
  industry: '4813',
  governmentFunded: true,
  totalInvestmentFen: 500_000_000_00n,
  stage: 'inProgress',
  stalledSince: null,
  milestones: [
    {
      kind: 'approval',
      on: { value: '2019-08-15', precision: 'day' },
      confidence: 0.95,
      evidence: [
        {
          feed: 'development.approvals',
          record: recordId.of(hash(1)),
          rule: 'approval.approvedOn',
          on: { value: '2019-08-15', precision: 'day' },
          weight: 0.95,
        },
      ],
    },
    { kind: 'start', on: { value: '2020-03', precision: 'month' }, confidence: 0.8, evidence: [] },
  ],
  parties: [
    party(101, '测试甲建设有限公司', {
      registrationId: 'REG1',
      taxpayerId: 'tx_1',
      decision: 'link',
      score: 0.999,
      reason: 'code.exact',
    }),
    party(102, '测试乙路桥公司', { role: 'subcontractor', decision: 'review', score: 0.61, reason: 'name.close' }),
    party(103, '张三丰', { role: 'agency' }),
  ],
  sections: [
    {
      record: recordId.of(hash(2)),
      kind: 'contract',
      name: '金水路改造工程',
      section: 'TJ-1',
      contractors: ['测试甲建设有限公司'],
      contractFen: 300_000_000_00n,
      workDoneFen: 200_000_000_00n,
      measuredTo: '2021-06',
      physicalProgressBp: 6_500,
      measurements: 12,
    },
  ],
  ladder: {
    contractFen: 300_000_000_00n,
    contractBasis: 'contract',
    workDoneFen: 200_000_000_00n,
    receivableFen: 160_000_000_00n,
    paymentRatioBp: 8_000,
    paymentRatioAssumed: true,
    retentionBp: null,
    receivedFen: null,
    netInvoicedFen: 100_000_000_00n,
    invoices: 3,
    advanceInvoicedFen: 5_000_000_00n,
    subcontractInvoicedFen: 0n,
    gapFen: 60_000_000_00n,
    gapKind: 'notInvoiced',
    gapReason: 'receivable.aheadOfInvoices',
  },
  tax: null,
  departments: ['development', 'transport', 'tax'],
  records: [
    { feed: 'development.approvals', record: recordId.of(hash(1)), kind: 'approval' },
    { feed: 'transport.sections', record: recordId.of(hash(2)), kind: 'contract' },
  ],
  listedYears: [2020],
  land: [],
  investment: null,
  lastEventOn: '2021-06-30',
  changesOn: null,
}

const lakePosition: Position = {
  ...roadPosition,
  name: '龙湖水系整治工程',
  otherNames: [],
  projectCodes: [],
  documentNumbers: [],
  divisionCodes: ['410122'],
  placeText: '中牟县',
  stage: 'approved',
  milestones: [],
  parties: [],
  sections: [],
  ladder: {
    ...roadPosition.ladder,
    contractFen: null,
    contractBasis: null,
    workDoneFen: null,
    receivableFen: null,
    netInvoicedFen: 0n,
    invoices: 0,
    gapFen: null,
    gapKind: null,
    gapReason: null,
  },
  departments: ['development'],
  records: [{ feed: 'development.approvals', record: recordId.of(hash(3)), kind: 'approval' }],
  lastEventOn: '2023-01-01',
}

export const insert = async (
  db: Database,
  table: string,
  row: Record<string, unknown>,
  overriding = false,
): Promise<void> => {
  const names = Object.keys(row)
  await db
    .owner()
    .query(
      `INSERT INTO ${table} (${names.join(', ')}) ${overriding ? 'OVERRIDING SYSTEM VALUE' : ''} VALUES (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
      Object.values(row),
    )
}

export const listRow = (id: bigint, scope: string, position: Position, more: Record<string, unknown> = {}) => ({
  scope,
  project_id: id,
  shared_prefix: -1,
  reason: 'site',
  name: position.name,
  project_code: position.projectCodes[0] ?? null,
  owner_name: '测试市交通局',
  contractor_names: position.parties
    .filter((p) => p.role === 'contractor')
    .map((p) => p.name)
    .join('、'),
  stage: position.stage,
  departments: position.departments.length,
  contract_fen: position.ladder.contractFen,
  work_done_fen: position.ladder.workDoneFen,
  receivable_fen: position.ladder.receivableFen,
  net_invoiced_fen: position.ladder.netInvoicedFen,
  gap_fen: position.ladder.gapFen ?? 0n,
  last_event_on: position.lastEventOn,
  ...more,
})

export const writeProject = async (
  db: Database,
  id: bigint,
  scopes: readonly Record<string, unknown>[],
  position: Position,
): Promise<void> => {
  await insert(db, 'position', {
    project_id: id,
    known_from: 2n,
    changes_on: null,
    rules: 1,
    digest: hash(1),
    body: positionJson(position),
  })
  const tokens = new Set(
    [position.name, ...position.otherNames, ...position.projectCodes, ...position.parties.map((p) => p.name)].flatMap(
      tokensOf,
    ),
  )
  for (const row of scopes) {
    await insert(db, 'project_list', row)
    await db
      .owner()
      .query('INSERT INTO project_token (token, project_id, scope) SELECT t, $2, $3 FROM unnest($1::text[]) t', [
        [...tokens],
        id,
        row.scope,
      ])
  }
}

const writeTicks = async (db: Database): Promise<void> => {
  for (const [tick, at] of [
    [1n, '2026-01-10T04:00:00Z'],
    // Half past eleven in the evening of the 20th in China.
    [2n, '2026-01-20T15:30:00Z'],
  ] as const)
    await insert(db, 'tick', { tick, at, kind: 'admission', actor: 'system' })
}

const writeRegister = async (db: Database): Promise<void> => {
  await insert(db, 'taxpayer', { taxpayer_id: 'tx_1', code_blind: hash(900), first_tick: 1n })
  await insert(db, 'taxpayer', { taxpayer_id: 'tx_2', code_blind: Buffer.from('b1'.repeat(16), 'hex'), first_tick: 1n })
  const registration = (id: string, taxpayer: string, name: string, more: Record<string, unknown>) =>
    insert(db, 'registration', {
      registration_id: id,
      taxpayer_id: taxpayer,
      key_hash: hash(500),
      uscc: null,
      core: null,
      name,
      former_names: [],
      status: 'normal',
      active: true,
      vat_scheme: 'general',
      division_code: '410105001',
      address: '郑州市金水区经八路街道1号',
      office_code: '14101050001',
      office_name: '国家税务总局郑州市金水区税务局经八路税务所',
      officer_code: '24101050001',
      scope: '410105',
      known_from: 1n,
      ...more,
    })
  await registration('REG1', 'tx_1', '测试甲建设有限公司', {
    uscc: '91410105MA44TERT3N',
    core: 'MA44TERT3',
    former_names: ['测试甲工程队'],
  })
  await registration('REG2', 'tx_2', '张三丰', { scope: '410122' })
  for (const [id, scope, name] of [
    ['REG1', '410105', '测试甲建设有限公司'],
    ['REG2', '410122', '张三丰'],
  ] as const)
    await db
      .owner()
      .query('INSERT INTO taxpayer_token (token, registration_id, scope) SELECT t, $2, $3 FROM unnest($1::text[]) t', [
        tokensOf(name),
        id,
        scope,
      ])
}

const mention = (name: string) => ({ role: 'seller', raw: name, name, siteUnit: null, code: null, consortium: null })
const on = (value: string) => ({ value, precision: 'day' })

const writeFacts = async (db: Database): Promise<void> => {
  const fact = (
    n: number,
    feed: string,
    kind: string,
    eventOn: string | null,
    amountFen: bigint | null,
    body: unknown,
    more: Record<string, unknown> = {},
  ) =>
    insert(db, 'fact', {
      key_hash: hash(n),
      feed,
      kind,
      batch_id: 1n,
      ord: n,
      mapping: 1,
      known_from: 1n,
      event_on: eventOn,
      amount_fen: amountFen,
      body: JSON.stringify(body, (_, v) => (typeof v === 'bigint' ? v.toString() : v)),
      ...more,
    })
  await fact(1, 'development.approvals', 'approval', '2019-08-15', 500_000_000_00n, {
    kind: 'approval',
    name: '金水路改造工程',
    documentNumber: '郑发改审批〔2019〕12号',
    approvedOn: on('2019-08-15'),
  })
  await fact(2, 'transport.sections', 'contract', '2020-01-10', 300_000_000_00n, {
    kind: 'contract',
    name: '金水路改造工程',
    section: 'TJ-1',
    signedOn: on('2020-01-10'),
  })
  await fact(3, 'development.approvals', 'approval', '2023-01-01', null, {
    kind: 'approval',
    name: '龙湖水系整治工程',
    documentNumber: null,
    approvedOn: { value: '2023', precision: 'year' },
  })
  await fact(
    4,
    'transport.measurements',
    'measurement',
    '2021-06-01',
    20_000_000_00n,
    { kind: 'measurement', sequence: 12, physicalProgressBp: 6_500, period: { value: '2021-06', precision: 'month' } },
    { subject_hash: hash(704) },
  )
  const invoice = (n: number, day: string, fen: bigint, kind = 'taxable') =>
    fact(
      n,
      'tax.invoices',
      'invoice',
      day,
      fen,
      {
        kind: 'invoice',
        number: `2441200000000000000${n}`,
        code: null,
        status: 'normal',
        seller: mention('测试甲建设有限公司'),
        buyer: mention('测试市交通局'),
        netFen: fen - 100n,
        taxFen: 100n,
        grossFen: fen,
        projectName: '金水路改造',
        issuedOn: on(day),
      },
      { subject_hash: hash(705), class: kind },
    )
  await invoice(5, '2020-12-01', 60_000_000_00n)
  await invoice(6, '2021-03-01', 40_000_000_00n)
  await invoice(7, '2021-03-01', 0n, 'void')
  const subject = { ref_key_hash: null, seller_hash: null, buyer_hash: null, known_from: 1n }
  await insert(db, 'subject', { subject_hash: hash(704), kind: 'record', ...subject, ref_key_hash: hash(2) })
  await insert(db, 'subject', { subject_hash: hash(705), kind: 'invoice', ...subject, seller_hash: hash(101) })
  await insert(db, 'tie', {
    subject_hash: hash(704),
    project_id: 1n,
    tier: null,
    score: 1,
    reason: 'record.named',
    candidates: '[]',
    known_from: 1n,
  })
  await insert(db, 'tie', {
    subject_hash: hash(705),
    project_id: 1n,
    tier: 1,
    score: 0.98,
    reason: 'parties.named',
    candidates: '[]',
    known_from: 1n,
  })
}

const writeLinks = async (db: Database): Promise<void> => {
  for (const [key, feed, project, name] of [
    [1, 'development.approvals', 1n, '金水路改造工程'],
    [2, 'transport.sections', 1n, '金水路改造工程'],
    [3, 'development.approvals', 2n, '龙湖水系整治工程'],
  ] as const) {
    await insert(db, 'project_record', {
      key_hash: hash(key),
      feed,
      kind: 'approval',
      name,
      contractor_keys: [],
      known_from: 1n,
    })
    await insert(db, 'member_by_record', { key_hash: hash(key), project_id: project, known_from: 1n })
    await insert(db, 'member_by_project', { project_id: project, key_hash: hash(key) })
  }
  await insert(db, 'edge', {
    a: hash(1),
    b: hash(2),
    weight: 12.5,
    veto: false,
    rule: 'code.same',
    settings: 1,
    known_from: 1n,
  })
  await insert(
    db,
    'judgement',
    {
      judgement_id: 900n,
      kind: 'party',
      text_hash: hash(101),
      registration_id: 'REG1',
      verdict: 'positive',
      author: 'tok_other',
      reason: '电话核实',
      evidence_digest: hash(78),
      tick: 2n,
      at: '2026-01-20T03:00:00Z',
    },
    true,
  )
  await insert(
    db,
    'alias',
    {
      alias_id: 1n,
      registration_id: 'REG1',
      name: '甲建',
      kind: 'shortName',
      valid_until: '2099-01-01',
      judgement_id: 900n,
      owner: 'tok_other',
      owner_name: '李四',
      tick: 2n,
      at: '2026-01-20T03:00:00Z',
    },
    true,
  )
  await insert(
    db,
    'act',
    {
      act_id: 1n,
      verb: 'merge',
      subject: 'merge 1 2',
      key_hashes: [hash(1), hash(2)],
      input: '{"verb":"merge","project":"1","other":"3"}',
      author: 'tok_other',
      author_name: '李四',
      reason: '同一项目',
      evidence_digest: hash(77),
      settings: 1,
      effect: '{"movedFen":"600000000000","secondPerson":["amount"]}',
      is_proposal: true,
      at: '2026-01-20T03:00:00Z',
    },
    true,
  )
  const link = async (
    n: number,
    name: string,
    decision: string,
    registration: string | null,
    score: number,
    key: number,
    role: string,
    code: unknown = null,
  ) => {
    await insert(db, 'party', {
      text_hash: hash(n),
      name,
      code: code === null ? null : JSON.stringify(code),
      site_unit: null,
      known_from: 1n,
    })
    await insert(db, 'mention', {
      key_hash: hash(key),
      role,
      seq: n - 100,
      text_hash: hash(n),
      feed: 'transport.sections',
    })
    await insert(db, 'party_link', {
      text_hash: hash(n),
      decision,
      registration_id: registration,
      score,
      reason: decision === 'link' ? 'code.exact' : 'name.close',
      evidence: JSON.stringify([
        { comparison: 'name', left: name, right: '测试甲建设有限公司', level: 'close', weight: 3.2 },
      ]),
      candidates: JSON.stringify(registration ? [{ registrationId: registration, score }] : []),
      settings: 1,
      known_from: 1n,
    })
  }
  await link(101, '测试甲建设有限公司', 'link', 'REG1', 0.999, 2, 'contractor', {
    scheme: 'uscc',
    normalised: '91410105MA44TERT3N',
  })
  await link(102, '测试乙路桥公司', 'review', 'REG1', 0.61, 2, 'subcontractor')
  await link(103, '张三丰', 'review', 'REG2', 0.9, 3, 'agency', { scheme: 'idCard', normalised: '11010519491231002X' })
  await link(104, '测试丁公司', 'none', null, 0, 3, 'agency')
}

const writeOperations = async (db: Database): Promise<void> => {
  await insert(db, 'run', {
    run_id: 'run_a',
    source: 'transport.sections',
    kind: 'import',
    state: 'green',
    started_at: '2026-01-20T02:00:00.123456Z',
    beat_at: '2026-01-20T02:00:05Z',
    finished_at: '2026-01-20T02:00:10Z',
    figures: '{"fetched":"5"}',
  })
  await insert(db, 'run', {
    run_id: 'run_b',
    source: 'tax.invoices',
    kind: 'import',
    state: 'failed',
    started_at: '2026-01-21T02:00:00Z',
    beat_at: '2026-01-21T02:00:05Z',
    error: '{"code":"landing.fenced","message":{"zh":"已被接替","en":"taken over"}}',
  })
  const batch = {
    feed: 'transport.sections',
    run_id: 'run_a',
    mode: 'full',
    channel: 'pull',
    schema_version: 1,
    opened_at: '2026-01-20T02:00:00Z',
  }
  await insert(
    db,
    'batch',
    {
      batch_id: 1n,
      ...batch,
      state: 'admitted',
      declared_rows: 5n,
      fetched: 5n,
      new: 4n,
      quarantined: 1n,
      live_before: 0n,
      live_after: 4n,
      admitted_tick: 2n,
    },
    true,
  )
  await insert(
    db,
    'batch',
    {
      batch_id: 2n,
      ...batch,
      state: 'held',
      fetched: 2n,
      new: 1n,
      unchanged: 1n,
      declared_rows: 3n,
      hold_reason:
        '{"code":"landing.hold_rows","message":{"zh":"条数超出预期","en":"rows out of bounds"},"found":"2","bound":"100"}',
    },
    true,
  )
  await insert(db, 'normalised_batch', {
    batch_id: 1n,
    mapping: 1,
    versions: 4n,
    facts: 4n,
    rejected: 0n,
    ignored: 0n,
    issues: 1n,
  })
  await insert(db, 'quarantine', {
    feed: 'transport.sections',
    batch_id: 1n,
    source: 'page 1',
    row: 3n,
    code: 'landing.row_invalid',
    pointer: '/htj',
    expected: '数字',
    message: '{"zh":"合同价不是数字","en":"not a number"}',
    payload: '{"htj":"abc","xmmc":"某某路"}',
    sealed: false,
  })
  await insert(db, 'quarantine', {
    feed: 'tax.taxpayers',
    batch_id: 1n,
    source: 'a.csv',
    row: 9n,
    code: 'landing.row_invalid',
    pointer: '/DJXH',
    expected: '20 位',
    message: '{"zh":"登记序号缺失","en":"missing"}',
    payload: 'c2VhbGVk',
    sealed: true,
  })
  await insert(db, 'drift', {
    feed: 'transport.sections',
    field: 'xinzd',
    kind: 'unknown',
    first_batch_id: 1n,
    last_batch_id: 2n,
    rows: 5n,
  })
  await insert(db, 'feed_state', { feed: 'transport.sections', live: 4n, last_complete_at: '2026-01-20T02:00:10Z' })
  await insert(db, 'schedule', { source: 'transport.sections', cron: '20 2 * * *', updated_at: '2026-01-01T00:00:00Z' })
  await insert(db, 'slot', {
    source: 'transport.sections',
    slot_at: '2026-01-20T18:20:00Z',
    run_id: 'run_a',
    state: 'done',
    decided_at: '2026-01-20T18:20:00Z',
    updated_at: '2026-01-20T18:20:00Z',
  })
  await insert(db, 'source_day', {
    feed: 'transport.sections',
    day: '2026-01-21',
    every: 'workday',
    due_at: '2026-01-21T01:00:00Z',
    period_from: '2026-01-20',
    period_to: '2026-01-20',
    open_from: '2026-01-20T16:00:00Z',
    extract: '20260120',
    needs_news: false,
    state: 'late',
    late_at: '2026-01-21T01:01:00Z',
    updated_at: '2026-01-21T01:01:00Z',
  })
  await insert(db, 'message', {
    message_id: 'late:transport.sections:2026-01-21',
    feed: 'transport.sections',
    day: '2026-01-21',
    kind: 'late',
    body: '{"zh":"逾期未报：公路合同段","en":"late: transport.sections"}',
    created_at: '2026-01-21T01:01:00Z',
  })
  for (const [code, name, level, parent] of [
    ['410105', '金水区', 'county', null],
    ['410122', '中牟县', 'county', null],
    ['410105001', '经八路街道', 'town', '410105'],
  ] as const)
    await insert(db, 'grid_node', { code, valid_from: '2020-01-01', name, level, parent })
}

const noSums = { contractFen: null, workDoneFen: null, receivableFen: null, netInvoicedFen: null, gapFen: null }
export const noEffect: Effect = {
  links: [],
  linksChanged: 0,
  projects: [],
  projectsChanged: 0,
  projectsHidden: 0,
  recordsMoved: 0,
  tiesMoved: 0,
  before: noSums,
  after: noSums,
  movedFen: 0n,
  truncated: false,
  secondPerson: [],
}

export interface World {
  readonly app: App
  readonly verbs: Verbs
  readonly tokens: Readonly<Record<Role, string>>
  /** A token with this role and scope. */
  readonly tokenFor: (role: Role, scopePrefix: string) => Promise<string>
  readonly calls: { readonly verb: string; readonly input: unknown }[]
  readonly logged: string[]
  readonly get: (path: string, token?: string, headers?: Record<string, string>) => Promise<Response>
  readonly post: (path: string, body: unknown, token?: string, headers?: Record<string, string>) => Promise<Response>
}

/** Fills an empty database and makes an app on it, with verbs that only note their calls. */
export const createWorld = async (db: Database, more: Partial<AppInput> = {}): Promise<World> => {
  await writeTicks(db)
  await writeProject(db, 1n, [listRow(1n, '410105', roadPosition)], roadPosition)
  await writeProject(db, 2n, [listRow(2n, '410122', lakePosition)], lakePosition)
  await insert(db, 'position_past', {
    project_id: 1n,
    known_from: 1n,
    changes_on: null,
    rules: 1,
    digest: hash(2),
    body: positionJson({ ...roadPosition, stage: 'approved' }),
    known_to: 2n,
  })
  await insert(db, 'project_merge', { project_id: 9n, merged_into: 1n, tick: 2n })
  await writeRegister(db)
  await writeLinks(db)
  await writeFacts(db)
  await writeOperations(db)

  const tokenFor = async (role: Role, scopePrefix: string) =>
    (await issueToken(db, { name: `${role} ${scopePrefix}`, role, scopePrefix }, systemActor)).token
  const tokens = Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, await tokenFor(role, '4101')])),
  ) as Record<Role, string>
  const calls: { verb: string; input: unknown }[] = []
  const verbs: Verbs = {
    startImport: async (input) => {
      calls.push({ verb: 'startImport', input })
      return { runIds: ['run_new'] }
    },
    act: async (input) => {
      calls.push({ verb: 'act', input })
      const state = input.dryRun ? 'previewed' : 'done'
      return input.dryRun
        ? { state, act: null, judgementId: null, tick: null, effect: noEffect }
        : { state, act: '5', judgementId: '7', tick: '3', effect: noEffect }
    },
    answer: async (input) => {
      calls.push({ verb: 'answer', input })
      return { state: 'previewed', act: null, judgementId: null, tick: null, effect: noEffect }
    },
    endAlias: async (input) => void calls.push({ verb: 'endAlias', input }),
    decideHold: async (input) => void calls.push({ verb: 'decideHold', input }),
    excuseDay: async (input) => void calls.push({ verb: 'excuseDay', input }),
  }
  const logged: string[] = []
  const app = createApp({
    db,
    log: createLogger('info', (line) => void logged.push(line)),
    settings: {
      region: { code: '410100', name: '郑州市' },
      isDemo: true,
      sessionKey: Buffer.alloc(32, 7),
      ...defaultHttpSettings,
    },
    feeds: [
      {
        id: 'transport.sections',
        title: '公路合同段',
        department: 'transport',
        mode: 'full',
        cron: '20 2 * * *',
        pulled: true,
      },
      { id: 'tax.invoices', title: '发票', department: 'tax', mode: 'increment', cron: '30 2 * * *', pulled: true },
    ],
    verbs,
    positionOn: async (id, _tick, day) =>
      id === 1n ? { ...roadPosition, stage: day < '2020' ? 'approved' : 'inProgress' } : null,
    blindIndex: (code) => (code === '11010519491231002X' ? 'b1'.repeat(16) : '00'.repeat(16)),
    ...more,
  })
  const withToken = (token: string | undefined): Record<string, string> =>
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  return {
    app,
    verbs,
    tokens,
    tokenFor,
    calls,
    logged,
    get: async (path, token, headers = {}) => app.request(path, { headers: { ...withToken(token), ...headers } }),
    post: async (path, body, token, headers = {}) =>
      app.request(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...withToken(token), ...headers },
      }),
  }
}
