// Prints "N passed, N failed[, N skipped]" from Vitest's JSON report; fails when the report is absent or ran nothing.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const skipped = report.numPendingTests + report.numTodoTests
const line = `${report.numPassedTests} passed, ${report.numFailedTests} failed`
process.stdout.write(`${skipped > 0 ? `${line}, ${skipped} skipped` : line}\n`)
if (report.numPassedTests === 0 || report.numFailedTests > 0 || !report.success) process.exit(1)
