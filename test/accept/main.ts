/** `npm run accept -- <name> [--seeds 1,2,3] [--size tiny|town] [--times N] [--seed N] [--only text] [--workers N]`: the long runs, told line by line; exit code 0 when all is met. */
import { parseArgs } from 'node:util'
import { type Size, sizes } from '../../simulator/world/sizes.ts'
import { setLogLevel } from '../../src/kernel/log.ts'
import { type AcceptanceRun, errorText, type RunOptions, say } from './run.ts'

interface Named {
  readonly load: () => Promise<AcceptanceRun>
  readonly size: Size
  readonly times: number
}

const runs: Readonly<Record<string, Named>> = {
  truth: { load: async () => (await import('./truth.ts')).truth, size: 'town', times: 1 },
  days: { load: async () => (await import('./days.ts')).days, size: 'town', times: 5 },
  years: { load: async () => (await import('./years.ts')).years, size: 'tiny', times: 3_287 },
  kill9: { load: async () => (await import('./kill9.ts')).kill9, size: 'town', times: 20 },
  faults: { load: async () => (await import('./faults.ts')).faults, size: 'tiny', times: 1 },
  schedule: { load: async () => (await import('./schedule.ts')).schedule, size: 'tiny', times: 365 },
  'two-hubs': { load: async () => (await import('./two-hubs.ts')).twoHubs, size: 'tiny', times: 3 },
  push: { load: async () => (await import('./push.ts')).push, size: 'city', times: 8 },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    size: { type: 'string' },
    times: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    workers: { type: 'string' },
  },
})

const optionsOf = (named: Named): RunOptions => {
  const size = values.size ?? named.size
  const seeds = values.seeds.split(',').map(Number)
  const times = Number(values.times ?? named.times)
  const seed = Number(values.seed)
  const workers = values.workers === undefined ? null : Number(values.workers)
  if (
    !Object.hasOwn(sizes, size) ||
    [...seeds, times, seed, workers ?? 0].some((n) => !Number.isSafeInteger(n) || n < 0) ||
    workers === 0
  )
    throw new RangeError('accept takes --seeds 1,2,3 --size tiny|town|city --times N --seed N --only text --workers N')
  return { seeds, size: size as Size, times, seed, only: values.only, workers }
}

const named = positionals.map((name) => [name, runs[name]] as const)
if (named.length === 0 || named.some(([, run]) => run === undefined)) {
  say(`accept takes one or more of: ${Object.keys(runs).join(' ')}`)
  process.exit(2)
}

setLogLevel('error')
let isMet = true
for (const [name, run] of named) {
  say(`== ${name}`)
  try {
    const begun = performance.now()
    const met = await (await run!.load())(optionsOf(run!))
    say(`== ${name} ${met ? 'met' : 'NOT MET'} in ${Math.round((performance.now() - begun) / 1_000)} s`)
    isMet &&= met
  } catch (error) {
    say(`== ${name} stopped: ${errorText(error)}`)
    isMet = false
  }
}
process.exit(isMet ? 0 : 1)
