/** What a person may do to links and projects, as plain JSON: it crosses threads and is kept with a proposal, to be done when another person confirms. */
import { HubError } from '../../kernel/errors.ts'

export interface AliasWish {
  readonly kind: 'shortName' | 'siteName' | 'rename'
  /** Its last day, `YYYY-MM-DD`. */
  readonly validUntil: string
}

/** Hashes as hex, project numbers as decimal text. */
export type Act =
  | {
      readonly verb: 'confirm' | 'reject' | 'doubt'
      readonly textHash: string
      readonly registrationId?: string | undefined
      /** With `confirm`: the text is a name of the registration from now on. */
      readonly alias?: AliasWish | undefined
      /** Digest of what the person was shown; another one now is refused. */
      readonly seen?: string | undefined
    }
  | { readonly verb: 'merge'; readonly project: string; readonly other: string }
  | { readonly verb: 'split'; readonly project: string; readonly records: readonly string[] }
  | { readonly verb: 'undo'; readonly act: string }
  | { readonly verb: 'undo'; readonly judgement: string; readonly textHash: string }

const verbs = { positive: 'confirm', negative: 'reject', unsure: 'doubt' } as const

/** A judgement of a party in the words of the interface, as an act. */
export const judgementAct = (input: {
  readonly textHash: string
  readonly verdict: keyof typeof verbs | 'undo'
  readonly registrationId?: string | undefined
  readonly undoes?: string | undefined
  readonly alias?: AliasWish | undefined
  readonly seen?: string | undefined
}): Act => {
  const { textHash, registrationId, alias, seen } = input
  if (input.verdict === 'undo') return { verb: 'undo', judgement: input.undoes ?? '0', textHash }
  return {
    verb: verbs[input.verdict],
    textHash,
    ...(registrationId === undefined ? {} : { registrationId }),
    ...(alias === undefined ? {} : { alias }),
    ...(seen === undefined ? {} : { seen }),
  }
}

export interface JudgementRow {
  readonly kind: 'party' | 'record'
  readonly verdict: 'positive' | 'negative' | 'unsure' | 'undo'
  readonly feed?: string | null
  readonly keyHash?: string | null
  readonly otherKeyHash?: string | null
  readonly role?: string | null
  readonly textHash?: string | null
  readonly registrationId?: string | null
  readonly undoes?: bigint | null
  readonly proposedDigest?: string | null
}

/** An act worked out against the database: the rows to write, and what its author has before them. */
export interface Plan {
  readonly verb: Act['verb']
  /** The same for the same question: one open proposal each. */
  readonly subject: string
  readonly textHash: string | null
  readonly keyHashes: readonly string[]
  readonly undoes: bigint | null
  readonly rows: readonly JudgementRow[]
  /** Digest of the evidence shown, hex. */
  readonly digest: string
  readonly alias: (AliasWish & { readonly registrationId: string; readonly name: string }) | null
}

const messages = {
  'judgement.unknown_party': ['没有这个当事方写法', 'there is no such party'],
  'judgement.unknown_registration': ['税务登记中没有该登记序号', 'the register has no such registration'],
  'judgement.unknown': ['没有可撤销的认定', 'there is no such judgement to undo'],
  'judgement.already_undone': ['该认定已被撤销', 'this judgement is undone already'],
  'judgement.already_judged': ['已有同样的认定', 'the same was judged already'],
  'judgement.already_proposed': [
    '同样的认定已提出，正等待第二人确认',
    'the same is proposed already and waits for another person',
  ],
  'judgement.conflict': [
    '与一条仍有效的认定相矛盾，请先撤销那一条',
    'this contradicts a judgement that stands: undo that one first',
  ],
  'judgement.stale': ['依据已有变化，请重新查看后再认定', 'the evidence has changed since you looked: look again'],
  'judgement.unknown_project': ['没有这个项目，或不在您的管辖范围内', 'no such project, or outside your scope'],
  'judgement.same_project': ['不能把项目与它自己合并', 'a project cannot be merged with itself'],
  'judgement.unknown_record': ['该项目中没有这条记录', 'the project has no such record'],
  'judgement.nothing_to_split': ['至少要分出一条、留下一条记录', 'at least one record must go and one must stay'],
  'judgement.too_many_pairs': [
    '分出与留下的记录组合过多（上限 2000 对），请分次拆分',
    'too many pairs of records to part (2 000 at most): split in several steps',
  ],
  'judgement.out_of_scope': [
    '影响到您管辖范围以外的项目，须由能看到全部项目的人确认',
    'this changes projects outside your scope: someone who sees all of them must confirm',
  ],
  'judgement.bad_alias': [
    '别名的有效期应在今天之后、五年以内',
    'an alias is valid to a day after today, within five years',
  ],
  'proposal.unknown': ['没有这个待确认的提议', 'there is no such open proposal'],
  'proposal.answered': ['该提议已有答复', 'this proposal is answered already'],
  'proposal.same_person': ['提议人不能确认或否决自己的提议', 'whoever proposed it cannot confirm or decline it'],
  'proposal.not_yours': ['只有提议人可以收回提议', 'only its author may withdraw a proposal'],
  'alias.unknown': ['没有这个有效的别名', 'there is no such living alias'],
} as const satisfies Readonly<Record<string, readonly [zh: string, en: string]>>

export type ActCode = keyof typeof messages

/** Public messages by code: the HTTP edge reads them from here. */
export const actMessages = Object.fromEntries(
  Object.entries(messages).map(([code, [zh, en]]) => [code, { zh, en }]),
) as Readonly<Record<ActCode, { readonly zh: string; readonly en: string }>>

/** An error of a person's act. `context` is for the log. */
export const refuse = (code: ActCode, context: Readonly<Record<string, unknown>> = {}): HubError =>
  new HubError({ code, publicMessage: actMessages[code], context })
