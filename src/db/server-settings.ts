import { availableParallelism, totalmem } from 'node:os'

export interface MachineSize {
  readonly memoryMb: number
  readonly cores: number
}

/** What this process may use: the container's limit where there is one. */
export const machineSize = (): MachineSize => {
  const limit = process.constrainedMemory()
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem()
  return { memoryMb: Math.floor(bytes / 1_048_576), cores: availableParallelism() }
}

const clamp = (value: number, low: number, high: number): number => Math.round(Math.min(high, Math.max(low, value)))

/**
 * Settings of the embedded server for a machine it shares with the hub. Commits are durable (synchronous_commit stays on); checkpoints are
 * rare because the first load writes much WAL; errors are logged without DETAIL, since that would hold the failing row.
 */
export const serverSettings = (machine: MachineSize, durable = true): Readonly<Record<string, string>> => ({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '80',
  shared_buffers: `${clamp(machine.memoryMb / 12, 64, 1_024)}MB`,
  effective_cache_size: `${clamp(machine.memoryMb / 2, 256, 65_536)}MB`,
  maintenance_work_mem: `${clamp(machine.memoryMb / 48, 64, 512)}MB`,
  work_mem: `${clamp(machine.memoryMb / 384, 8, 64)}MB`,
  wal_buffers: '16MB',
  min_wal_size: '512MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  synchronous_commit: 'on',
  fsync: durable ? 'on' : 'off',
  full_page_writes: durable ? 'on' : 'off',
  random_page_cost: '1.1',
  jit: 'off',
  max_parallel_workers_per_gather: machine.cores >= 4 ? '2' : '1',
  autovacuum_naptime: '20s',
  password_encryption: 'scram-sha-256',
  timezone: 'Asia/Shanghai',
  log_timezone: 'Asia/Shanghai',
  lc_messages: 'C',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgresql-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
})

/** The settings as arguments of the `postgres` program. */
export const settingArguments = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
