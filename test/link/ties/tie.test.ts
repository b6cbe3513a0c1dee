import { describe, expect, test } from 'vitest'
import {
  createProjectFinder,
  nameKeyOf,
  type ProjectCard,
  type ProjectFinder,
  type TieSubject,
} from '../../../src/link/ties/tie.ts'

const card = (projectId: string, names: string[], more: Partial<ProjectCard> = {}): ProjectCard => ({
  projectId,
  names,
  ownerKeys: ['owner'],
  contractorKeys: ['builder'],
  nameKeys: names.flatMap((name) => nameKeyOf(name, '410184') ?? []),
  projectCodes: [],
  divisionCodes: ['410184'],
  placeTexts: [],
  begunOn: ['2022-03-01'],
  ...more,
})
const subject = (more: Partial<TieSubject>): TieSubject => ({
  sellerKey: 'builder',
  buyerKey: 'owner',
  holderKey: null,
  projectName: null,
  nameKey: null,
  projectCode: null,
  divisionCode: null,
  placeText: null,
  on: null,
  ...more,
})
const garden = card('garden', ['罍昶花园二期建设项目', '罍昶花园（二期）施工'])
const road = card('road', ['S312新郑龙湖段改建工程'])
const finderOf = async (...cards: ProjectCard[]): Promise<ProjectFinder> => {
  const made = createProjectFinder()
  await made.add(cards)
  return made
}
const finder = await finderOf(garden, road)

describe('what ties an invoice to a project', () => {
  test.each([
    ['contractor to owner with the name', { projectName: '新郑罍昶花园二期工程' }, 'garden', 1, 'parties.named'],
    ['a shortened name with a lot', { projectName: '省道312线新郑市龙湖镇段改建工程TJ-1' }, 'road', 1, 'parties.named'],
    [
      'a subcontractor to the contractor',
      { sellerKey: 'sub', buyerKey: 'builder', projectName: '罍昶花园二期' },
      'garden',
      2,
      'subcontract.named',
    ],
    [
      'somebody new to the owner',
      { sellerKey: 'new', projectName: 'S312新郑龙湖段改建工程' },
      'road',
      1,
      'buyer.named',
    ],
    [
      'the contractor to a payer for the owner',
      { buyerKey: 'treasury', projectName: 'S312新郑龙湖段改建工程' },
      'road',
      1,
      'seller.named',
    ],
  ] as const)('%s', (_, more, projectId, tier, reason) => {
    expect(finder.tie(subject(more))).toMatchObject({ projectId, tier, reason })
  })

  test('contractor and owner alone where they share one project', async () => {
    expect((await finderOf(garden)).tie(subject({}))).toMatchObject({
      projectId: 'garden',
      tier: 1,
      reason: 'parties.only',
    })
  })
})

describe('what does not', () => {
  test('two projects of the same parties and no name', () => {
    const tie = finder.tie(subject({}))
    expect(tie).toMatchObject({ projectId: null, reason: 'project.ambiguous' })
    expect(tie.candidates.map((candidate) => candidate.projectId).sort()).toEqual(['garden', 'road'])
  })

  test.each([
    ['another phase', { projectName: '罍昶花园三期建设项目' }],
    ['another road', { projectName: 'S317新郑龙湖段改建工程' }],
    ['another project altogether', { projectName: '翙曈小学迁建项目' }],
    ['a subcontract without a name', { sellerKey: 'sub', buyerKey: 'builder' }],
    ['strangers with the right name', { sellerKey: 'x', buyerKey: 'y', projectName: '罍昶花园二期建设项目' }],
    ['nobody known', { sellerKey: null, buyerKey: null, projectName: '罍昶花园二期建设项目' }],
  ])('%s', (_, more) => {
    expect(finder.tie(subject(more)).projectId).toBe(null)
  })
})

test('the order of the cards changes nothing', async () => {
  const turned = await finderOf(road, garden)
  for (const projectName of [null, '罍昶花园二期', 'S312新郑龙湖段改建工程'])
    expect(turned.tie(subject({ projectName }))).toEqual(finder.tie(subject({ projectName })))
})
