/** Taxpayers of the stand-alone command as entries of the register. */
import { readCode } from '#schemas/identifiers/read-code.ts'
import { foldName } from '../../normalise/values/fold-name.ts'
import { createRegister, estimateLinkSettings, type Register } from '../parties/register.ts'
import type { RegistrationEntry } from '../parties/types.ts'
import { tableCodes, tableError, tableRows } from './table.ts'

export const taxpayerColumns = ['uscc', 'name', 'formerNames', 'address'] as const

export interface TaxpayerTable {
  readonly register: Register
  /** The code of a registration as the file has it. */
  readonly usccOf: (registrationId: string) => string
  readonly size: number
}

const formerNameSeparator = /[、;；|，,\n]/

/** Reads the register and freezes the frequencies of its names. Rows of one code are registrations of one taxpayer. */
export const readTaxpayers = async (path: string): Promise<TaxpayerTable> => {
  const entries: RegistrationEntry[] = []
  const usccs: string[] = []
  for await (const rows of tableRows(path, taxpayerColumns))
    for (const { cells } of rows) {
      const code = readCode(cells.uscc, 'uscc')
      const isWhole = code?.scheme === 'uscc' && code.normalised.length === 18
      entries.push({
        registrationId: String(entries.length).padStart(9, '0'),
        uscc: isWhole ? code.normalised : null,
        core: code?.status === 'valid' ? code.core : null,
        name: foldName(cells.name),
        formerNames:
          cells.formerNames === ''
            ? []
            : cells.formerNames
                .split(formerNameSeparator)
                .map(foldName)
                .filter((name) => name !== ''),
        address: cells.address === '' ? null : cells.address,
        divisionCode: null,
        active: true,
      })
      usccs.push(cells.uscc)
    }
  if (entries.length === 0)
    throw tableError(tableCodes.empty, '纳税人文件没有数据行', 'the file of taxpayers holds no row below its header')
  const register = createRegister(estimateLinkSettings(entries, 1), entries)
  return { register, usccOf: (id) => usccs[Number(id)] ?? '', size: entries.length }
}
