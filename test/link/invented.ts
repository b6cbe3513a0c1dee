/** Invented companies for tests: trade names of characters that no register uses together, codes with right check characters. */
import { orgCheck } from '../../schemas/identifiers/org-code.ts'
import { usccCheck } from '../../schemas/identifiers/uscc.ts'
import type { PartyQuery, RegistrationEntry } from '../../src/link/parties/types.ts'

const first = '翊骎旻翀堃曈霱珵罍鬯戬斝'
const second = '瓴垚弢歆翙煐澍珩祎婳昶韫'
const places = ['郑州', '郑州市金水区', '洛阳', '南阳市', '开封市', '新郑市', '河南']
const industries = [
  '建筑工程',
  '市政工程',
  '商贸',
  '路桥建设',
  '劳务',
  '机械租赁',
  '园林绿化',
  '建材',
  '科技',
  '水利工程',
]

export const uscc = (number: number, division = '410105'): string => {
  const eight = `MA${String(number).padStart(6, '0')}`
  const core = eight + orgCheck(eight)
  const seventeen = `91${division}${core}`
  return seventeen + usccCheck(seventeen)
}

export const entry = (number: number, name: string, more: Partial<RegistrationEntry> = {}): RegistrationEntry => {
  const code = uscc(number)
  return {
    registrationId: `R${String(number).padStart(6, '0')}`,
    uscc: code,
    core: code.slice(8, 17),
    name,
    formerNames: [],
    address: null,
    divisionCode: null,
    active: true,
    ...more,
  }
}

/** `count` different companies; the same for the same count. */
export const inventedRegister = (count: number): RegistrationEntry[] => {
  const entries: RegistrationEntry[] = []
  for (let i = 0; entries.length < count; i++) {
    const trade = first[i % 12]! + second[Math.floor(i / 12) % 12]! + (i >= 144 ? first[Math.floor(i / 144) % 12]! : '')
    const name = `${places[i % 7]}${trade}${industries[(i * 7 + Math.floor(i / 12)) % 10]}有限公司`
    entries.push(entry(i + 1, name))
  }
  return entries
}

export const query = (name: string, more: Partial<PartyQuery> = {}): PartyQuery => ({
  name,
  code: null,
  siteUnit: null,
  divisionCode: null,
  ...more,
})
