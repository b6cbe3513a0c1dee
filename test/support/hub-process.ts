/** A hub reduced to its database: enters the data folder's server, says so on stdout, leaves when its stdin ends. */
import { openEmbedded } from '../../src/db/embedded.ts'
import { printResult } from '../../src/kernel/log.ts'

const [dataFolder, packageFolder] = process.argv.slice(2) as [string, string | undefined]
const server = await openEmbedded({ dataFolder, durable: false, ...(packageFolder ? { packageFolder } : {}) })
printResult(JSON.stringify({ origin: server.origin, pid: server.pid }))
process.stdin.resume()
process.stdin.once('end', () => void server.stop().then(() => process.exit(0)))
